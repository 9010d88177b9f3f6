using static TorchSharp.torch;

namespace Vlm.Bench;

/// <summary>What merging computes, written as anyone would first write it: cosines of all pairs, means of groups.</summary>
internal static class PlainLoops
{
    /// <param name="tokens">[T, C], float32.</param>
    /// <param name="owners">Output token of each token, -1 for none; only the cosines when null.</param>
    public static void Run(Tensor tokens, long[]? owners)
    {
        (int count, int width) = ((int)tokens.shape[0], (int)tokens.shape[1]);
        float[] x = tokens.contiguous().data<float>().ToArray();
        float[,] cosines = Cosines(x, count, width);
        float[] means = owners is null ? [] : Means(x, owners, width);
        GC.KeepAlive(cosines);
        GC.KeepAlive(means);
    }

    private static float[,] Cosines(float[] x, int count, int width)
    {
        float[,] cosines = new float[count, count];
        float[] norms = [.. Enumerable.Range(0, count).Select(t => MathF.Sqrt(Dot(x, t, t, width)))];
        for (int p = 0; p < count; p++)
        {
            for (int q = 0; q < count; q++)
            {
                cosines[p, q] = Dot(x, p, q, width) / (norms[p] * norms[q]);
            }
        }

        return cosines;
    }

    private static float Dot(float[] x, int p, int q, int width)
    {
        float sum = 0;
        for (int c = 0; c < width; c++)
        {
            sum += x[(p * width) + c] * x[(q * width) + c];
        }

        return sum;
    }

    private static float[] Means(float[] x, long[] owners, int width)
    {
        int[] sizes = new int[owners.Max() + 1];
        float[] means = new float[sizes.Length * width];
        foreach ((int token, long owner) in owners.Index().Where(pair => pair.Item >= 0))
        {
            sizes[owner]++;
            for (int c = 0; c < width; c++)
            {
                means[(owner * width) + c] += x[(token * width) + c];
            }
        }

        for (int i = 0; i < means.Length; i++)
        {
            means[i] /= sizes[i / width];
        }

        return means;
    }
}
