namespace Vlm.Merge;

/// <summary>
/// Multiply-accumulates of a vision tower by the released formula (merging.md 13.1): projections, scores, values and MLP of each
/// block, all by the tokens that enter it; patch embedding, norms, softmax, biases and the merging itself are not counted. What
/// is run is counted by <see cref="TowerCost"/>.
/// </summary>
public static class VisionFlops
{
    /// <summary>One block: 4NC^2 + 2N^2C + 2NCM, which is 12NC^2 + 2N^2C for M = 4C.</summary>
    /// <param name="tokens">Tokens N entering the block, class token included.</param>
    /// <param name="hiddenSize">Width C.</param>
    /// <param name="mlpSize">Inner width M of the MLP.</param>
    public static long Block(long tokens, long hiddenSize, long mlpSize) =>
        (4 * tokens * hiddenSize * hiddenSize) + (2 * tokens * tokens * hiddenSize)
        + (2 * tokens * hiddenSize * mlpSize);

    /// <summary>
    /// Sum over blocks, each with the tokens that enter it: the count of the released code for every placement.
    /// </summary>
    /// <param name="tokensPerLayer">One entry per block to count, as <see cref="TokenMergers.TokensPerLayer"/> gives
    /// them.</param>
    /// <param name="hiddenSize">Width C.</param>
    /// <param name="mlpSize">Inner width M of the MLP.</param>
    public static long Encoder(IEnumerable<int> tokensPerLayer, long hiddenSize, long mlpSize) =>
        tokensPerLayer.Sum(tokens => Block(tokens, hiddenSize, mlpSize));
}
