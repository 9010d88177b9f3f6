using TorchSharp;
using static TorchSharp.torch;

namespace Vlm.Merge.Theory;

/// <summary>
/// How far merging moves the spectrum of the graph of tokens: section 3.3 and appendix E of H.-C. Tran and others, 2024,
/// arXiv 2405.16148 (merging.md 14). Tokens are [N, C], weights [N, N], both float64; a partition lists the tokens of
/// each part.
/// </summary>
public static class SpectralDistance
{
    /// <summary>Weights 1 - cosine of every pair, zero on the diagonal; in the caller's dispose scope.</summary>
    public static Tensor Graph(Tensor tokens)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor others = eye(tokens.shape[0], dtype: ScalarType.Float64).neg().add(1);
        Tensor cosines = Cosine.Matrix(tokens.unsqueeze(0)).squeeze(0);
        return cosines.neg().add(1).mul(others).MoveToOuterDisposeScope();
    }

    /// <summary>Sum over all N sorted eigenvalues of |graph - coarsened and lifted graph|.</summary>
    public static double Between(Tensor weights, int[][] partition)
    {
        using DisposeScope scope = NewDisposeScope();
        return Distances(Spectrum(weights), Spectrum(Lift(weights, partition))).Sum();
    }

    /// <summary>
    /// Largest error of the lemma that the lifted graph has the eigenvalues of the coarse one and, N - n times, 1. It holds
    /// when coarse weights are sums over pairs; with the printed averages only where all parts are of one size.
    /// </summary>
    public static double LemmaError(Tensor weights, int[][] partition, bool averaged)
    {
        using DisposeScope scope = NewDisposeScope();
        IEnumerable<double> ones = Enumerable.Repeat(1.0, (int)weights.shape[0] - partition.Length);
        double[] predicted = [.. Spectrum(Coarse(weights, partition, averaged)).Concat(ones).Order()];
        return Distances(predicted, Spectrum(Lift(weights, partition))).Max();
    }

    /// <summary>Eigenvalues of the normalised Laplacian I - D^(-1/2) W D^(-1/2), ascending.</summary>
    /// <param name="weights">Symmetric, every row with a positive sum.</param>
    public static double[] Spectrum(Tensor weights)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor scale = weights.sum(dim: 1).rsqrt();
        Tensor scaled = weights.mul(scale.unsqueeze(1)).mul(scale.unsqueeze(0));
        double[][] rows = HostCopy.Rows<double>(eye(weights.shape[0], dtype: ScalarType.Float64).sub(scaled));
        double[,] laplacian = new double[rows.Length, rows.Length];
        for (int p = 0; p < rows.Length; p++)
        {
            for (int q = 0; q < rows.Length; q++)
            {
                laplacian[p, q] = rows[p][q];
            }
        }

        return SymmetricEigenvalues.Ascending(laplacian);
    }

    // Weights between parts, those within included: [N, N] to [n, n].
    private static Tensor Coarse(Tensor weights, int[][] partition, bool averaged)
    {
        Tensor member = Membership(weights.shape[0], partition);
        Tensor summed = member.t().matmul(weights).matmul(member);
        Tensor sizes = member.sum(dim: 0);
        return averaged ? summed.div(sizes.unsqueeze(1)).div(sizes.unsqueeze(0)) : summed;
    }

    // Every pair of tokens gets the averaged weight of its parts: [N, N].
    private static Tensor Lift(Tensor weights, int[][] partition)
    {
        Tensor member = Membership(weights.shape[0], partition);
        return member.matmul(Coarse(weights, partition, averaged: true)).matmul(member.t());
    }

    // [N, n] of 0 and 1.
    private static Tensor Membership(long tokens, int[][] partition)
    {
        double[] member = new double[tokens * partition.Length];
        foreach ((int part, int[] members) in partition.Index())
        {
            Array.ForEach(members, token => member[(token * partition.Length) + part] = 1);
        }

        return tensor(member, [tokens, partition.Length]);
    }

    private static IEnumerable<double> Distances(double[] a, double[] b) => a.Zip(b, (x, y) => Math.Abs(x - y));
}
