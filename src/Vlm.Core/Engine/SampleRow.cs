namespace Vlm.Core.Engine;

/// <summary>A row of logits that becomes a token.</summary>
/// <param name="Options">The request's settings.</param>
/// <param name="Seed">The request's seed, given or drawn.</param>
/// <param name="Index">How many tokens the request has generated before; with the seed it decides the draw.</param>
/// <param name="Allowed">The ids that may come; null for all.</param>
internal readonly record struct SampleRow(SamplingOptions Options, ulong Seed, int Index, long[]? Allowed = null)
{
    public bool IsGreedy => Options.Temperature == 0;

    /// <summary>Uniform in [0, 1), a pure function of seed and index: the batch around a request cannot change its
    /// draws.</summary>
    public double Uniform => (Mix(Mix(Seed) + (ulong)Index) >> 11) * (1.0 / (1UL << 53));

    // SplitMix64: Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
    private static ulong Mix(ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        state = (state ^ (state >> 27)) * 0x94D049BB133111EB;
        return state ^ (state >> 31);
    }
}

/// <summary>A chosen token id with, where asked for, its log-probability and the best alternatives.</summary>
internal readonly record struct SampledToken(int Id, double Logprob, IReadOnlyList<(int Id, double Logprob)> Top);

/// <summary>What a step gave: one token per sample row, one log-probability per score row.</summary>
internal sealed record StepOutput(IReadOnlyList<SampledToken> Tokens, IReadOnlyList<double> Scores);
