using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>
/// MCTF's two-way bipartite matching (merging.md 10.1): some even tokens join odd ones, then some odd tokens, with all
/// that joined them, join the even tokens that are left. Token 0 is the class token and takes no part.
/// </summary>
internal static class TwoWayMatching
{
    /// <summary>Temperature of the information factor.</summary>
    private const double Information = 20;

    /// <summary>Temperature of the size factor.</summary>
    private const double Size = 40;

    /// <summary>Below any attention that matters; keeps zero from being divided by zero.</summary>
    private const double LeastValue = 1e-30;

    /// <summary>
    /// At most so many may go: half of the tokens, and one even patch must be left as a destination of the second way.
    /// </summary>
    public static int Most(int tokens) => Math.Min(tokens / 2, Math.Max((2 * ((tokens + 1) / 2)) - 3, 0));

    /// <summary>Attractions of even to odd tokens, [B, numA, numB], those of the class token -infinity.</summary>
    /// <param name="metric">[B, T, C], float32 or better.</param>
    /// <param name="attention">How much each token is looked at, [B, T], for the information factor, or null.</param>
    /// <param name="sizes">[B, T] for the size factor, or null.</param>
    public static Tensor Attractions(Tensor metric, Tensor? attention = null, Tensor? sizes = null)
    {
        Tensor unit = Cosine.Unit(metric);
        Tensor weights = Products.Of(Even(unit), Odd(unit).transpose(1, 2)).add_(1).div_(2);
        if (attention is not null)
        {
            Multiply(weights, attention, Information);
        }

        if (sizes is not null)
        {
            Multiply(weights, sizes, Size);
        }

        weights.select(1, 0).fill_(double.NegativeInfinity);
        return weights;
    }

    /// <summary>
    /// Output: even tokens left, in place order with the class token first, then odd tokens left, by falling attraction.
    /// </summary>
    /// <param name="weights">[B, numA, numB] as from <see cref="Attractions"/>; numA may exceed numB by one.</param>
    /// <param name="removed">From 1 to <see cref="Most"/>.</param>
    public static TokenPlan Plan(Tensor weights, int removed) =>
        new(Kernels.Default.JoinBothWays(weights, removed)) { FirstDestination = 1 };

    // weights *= (v_a v_b)^(1 / temperature) for v = min(value) / value.
    private static void Multiply(Tensor weights, Tensor values, double temperature)
    {
        values = values.clamp_min(LeastValue);
        Tensor factor = values.amin([1], keepdim: true).div(values).pow(1 / temperature).unsqueeze(2);
        weights.mul_(Even(factor)).mul_(Odd(factor).transpose(1, 2));
    }

    private static Tensor Even(Tensor x) => x.slice(1, 0, x.shape[1], 2);

    private static Tensor Odd(Tensor x) => x.slice(1, 1, x.shape[1], 2);
}
