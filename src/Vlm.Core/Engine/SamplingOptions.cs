using System.Collections.ObjectModel;

namespace Vlm.Core.Engine;

/// <summary>How the next token is chosen and when to stop; one name from HTTP to sampler.</summary>
public sealed record SamplingOptions
{
    /// <summary>Largest value of <see cref="Logprobs"/>.</summary>
    public const int MaxLogprobs = 20;

    /// <summary>Divides the logits before sampling, 0 to 2; 0 (default) is greedy: the largest logit, lowest id on
    /// ties.</summary>
    public double Temperature { get; init; }

    /// <summary>Keeps the smallest set of most probable tokens whose probabilities reach this sum, above 0 to 1;
    /// default 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps this many most probable tokens; default 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Same seed, same answer, whatever else is in the batch; default null draws one.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Most tokens to generate, the end mark counted; 1 to the model's context, default 128.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>Texts that end the answer; they are not part of it. Default none.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Most probable alternatives to report per token, 0 to 20; default 0 reports nothing.</summary>
    public int Logprobs { get; init; }

    /// <summary>Taken from the logit of a token for each time it stands in the answer so far, -2 to 2; default 0.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Taken once from the logit of every token that stands in the answer so far, -2 to 2; default 0.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Added to the logits of these token ids, -100 to 100 each; default none.</summary>
    public IReadOnlyDictionary<int, double> LogitBias { get; init; } = ReadOnlyDictionary<int, double>.Empty;

    /// <summary>Checks every range.</summary>
    /// <exception cref="SettingException">A value is outside its range.</exception>
    public void Check()
    {
        Require(Temperature is >= 0 and <= 2, "temperature", "0 to 2", Temperature);
        Require(TopP is > 0 and <= 1, "top_p", "above 0 to 1", TopP);
        Require(TopK >= 0, "top_k", "0 or more", TopK);
        Require(MaxTokens >= 1, "max_tokens", "1 or more", MaxTokens);
        Require(Logprobs is >= 0 and <= MaxLogprobs, "logprobs", $"0 to {MaxLogprobs}", Logprobs);
        Require(FrequencyPenalty is >= -2 and <= 2, "frequency_penalty", "-2 to 2", FrequencyPenalty);
        Require(PresencePenalty is >= -2 and <= 2, "presence_penalty", "-2 to 2", PresencePenalty);
        foreach (var bias in LogitBias.Values)
        {
            Require(bias is >= -100 and <= 100, "logit_bias", "-100 to 100", bias);
        }

        Require(!Stop.Contains(""), "stop", "texts of one character or more", "an empty one");
    }

    private static void Require(bool holds, string name, string expected, IFormattable found) =>
        Require(holds, name, expected, found.ToString(null, System.Globalization.CultureInfo.InvariantCulture));

    private static void Require(bool holds, string name, string expected, string found)
    {
        if (!holds)
        {
            throw new SettingException(name, $"expected {expected}, found {found}.");
        }
    }
}
