using static TorchSharp.torch;

namespace Vlm.Torch;

/// <summary>
/// What token merging asks of a batch of pictures. <see cref="PlainKernels"/> says what each function is, in plain operations; on
/// the CPU float32 and float64 have code of their own. Cosines are guarded: a token of length 0 has the cosine 0. Orders are
/// stable and put NaN first, the first of equals is the largest, and equal tokens tie to the last bit on the CPU.
/// B pictures, T tokens, C size, k joined tokens, T' = T - k where none is dropped.
/// </summary>
public interface IMergeKernels
{
    /// <summary>Mean over all tokens q, itself included, of f(cosine of p and q), for every token p: x [B, T, C], T above 0 -> [B, T].
    /// </summary>
    /// <param name="x">Tokens.</param>
    /// <param name="margin">f(c) = c - margin + step from here up.</param>
    /// <param name="alpha">f(c) = alpha (e^(c - margin) - 1) below.</param>
    /// <param name="step">What f jumps by at the margin.</param>
    Tensor MeanEluOfCosines(Tensor x, double margin, double alpha, double step);

    /// <summary>As <see cref="MeanEluOfCosines"/> with f(c) = e^(-sharpness (1 - c)²).</summary>
    Tensor MeanBellOfCosines(Tensor x, double sharpness);

    /// <summary>Tokens ranked by their largest cosine with another, and for every token its largest cosine with one that is ranked
    /// below it, -infinity for the last: x [B, T, C] -> [B, T] and int64 [B, T], tokens from the first rank on.</summary>
    /// <param name="x">Tokens.</param>
    /// <param name="countsItself">Whether a token is ranked by its cosine with itself, less 1, too.</param>
    (Tensor Cosines, Tensor Ranking) LowerRankedCosines(Tensor x, bool countsItself);

    /// <summary>Places by falling value: [B, n] -> int64 [B, n].</summary>
    Tensor FallingOrder(Tensor values);

    /// <summary>Every source joins its nearest destination. Outputs: the first tokens, those kept, the destinations.</summary>
    /// <param name="x">[B, T, C].</param>
    /// <param name="order">Tokens behind the first ones, counted from there, by rank: int64 [B, n].</param>
    /// <param name="front">Tokens in front that take no part.</param>
    /// <param name="kept">Ranks that stay alone.</param>
    /// <param name="destinations">Ranks that are joined; at least one where there are sources.</param>
    /// <param name="sources">Ranks that join.</param>
    Joins JoinNearest(Tensor x, Tensor order, long front, RankRun kept, RankRun destinations, RankRun sources);

    /// <summary>Of the tokens at even ranks those with the largest cosine join their nearest at an odd rank. Outputs: the even ones
    /// that stay, by falling cosine, then the odd ones.</summary>
    /// <param name="x">[B, T, C].</param>
    /// <param name="order">Tokens by rank, behind a class token counted from there: int64 [B, n]; null for place order.</param>
    /// <param name="joined">k, at most the even ones that may join.</param>
    /// <param name="classToken">Whether token 0 stays, in front. Without order it stands among the even ones, and those that stay
    /// keep place order.</param>
    Joins JoinClosest(Tensor x, Tensor? order, long joined, bool classToken);

    /// <summary>The k / 2 tokens at even places with the largest attraction join their strongest odd one; then as many odd ones as are
    /// left of k, with all that joined them, join their strongest even one of those left. Outputs: even ones in place order, odd ones by
    /// falling attraction.</summary>
    /// <param name="attractions">Of even to odd tokens, [B, even, odd].</param>
    /// <param name="joined">k; k / 2 below the even ones, the rest at most the odd ones.</param>
    Joins JoinBothWays(Tensor attractions, long joined);

    /// <summary>Sum of each group: x [B, T, ...] -> [B, T', ...], the anchor first, then its sources in their order (in no fixed one on
    /// a GPU).</summary>
    Tensor SumOfGroups(Tensor x, Joins joins);

    /// <summary>Weighted mean of each group and the weight of it, added as in <see cref="SumOfGroups"/>: [B, T', C], [B, T'].</summary>
    /// <param name="x">[B, T, C].</param>
    /// <param name="weights">[B, T] in the type of <paramref name="x"/>; null where every token counts once.</param>
    /// <param name="joins">The groups.</param>
    /// <param name="firstDestination">Outputs before this one have no sources and stay as they are.</param>
    (Tensor Means, Tensor Weights) MeanOfGroups(Tensor x, Tensor? weights, Joins joins, long firstDestination);
}
