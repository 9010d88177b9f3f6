namespace Vlm.Core.Engine;

/// <summary>What penalties and biases add to the logits of one answer's next token, in the definition of OpenAI's API: the bias, less the
/// frequency penalty for each time the token stands in the answer, less the presence penalty if it stands there at all.</summary>
internal sealed class LogitShifts
{
    private readonly SamplingOptions _options;
    private readonly Dictionary<int, double> _values;
    private readonly HashSet<int> _present = [];

    private LogitShifts(SamplingOptions options) => (_options, _values) = (options, new(options.LogitBias));

    /// <summary>By token id.</summary>
    public IReadOnlyDictionary<int, double> Values => _values;

    /// <summary>Null where the settings ask for none.</summary>
    public static LogitShifts? Of(SamplingOptions options) =>
        options is { FrequencyPenalty: 0, PresencePenalty: 0, LogitBias.Count: 0 } ? null : new(options);

    /// <summary>Notes a generated token.</summary>
    public void Accept(int token)
    {
        var penalty = _options.FrequencyPenalty + (_present.Add(token) ? _options.PresencePenalty : 0);
        _values[token] = _values.GetValueOrDefault(token) - penalty;
    }
}
