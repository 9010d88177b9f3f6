using Vlm.Merge;

namespace Vlm.Core.Engine;

/// <summary>A row of logits that becomes a token.</summary>
/// <param name="Options">The request's settings.</param>
/// <param name="Seed">The request's seed, given or drawn.</param>
/// <param name="Index">How many tokens the request has generated before; with the seed it decides the draw.</param>
/// <param name="Allowed">The ids that may come; null for all.</param>
/// <param name="Shifts">What is added to the logits of these ids; null for nothing.</param>
internal readonly record struct SampleRow(SamplingOptions Options, ulong Seed, int Index, long[]? Allowed = null, IReadOnlyDictionary<int, double>? Shifts = null)
{
    public bool IsGreedy => Options.Temperature == 0;

    /// <summary>Uniform in [0, 1), a pure function of seed and index: the batch around a request cannot change its
    /// draws.</summary>
    public double Uniform => SplitMix64.Uniform(
        SplitMix64.Mix(SplitMix64.Mix(Seed + SplitMix64.Increment) + (ulong)Index + SplitMix64.Increment));
}

/// <summary>A chosen token id with, where asked for, its log-probability and the best alternatives.</summary>
internal readonly record struct SampledToken(int Id, double Logprob, IReadOnlyList<(int Id, double Logprob)> Top);

/// <summary>What a step gave: one token per sample row, one log-probability per score row.</summary>
internal sealed record StepOutput(IReadOnlyList<SampledToken> Tokens, IReadOnlyList<double> Scores);
