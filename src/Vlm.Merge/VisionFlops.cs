namespace Vlm.Merge;

/// <summary>
/// Multiply-accumulates of a vision tower (merging.md 13.1): projections, scores, values and MLP of each block. Patch
/// embedding,
/// norms, softmax, biases and the merging itself are not counted.
/// </summary>
public static class VisionFlops
{
    /// <summary>One block: 4NC^2 + 2N^2C + 2N'CM, which is 12NC^2 + 2N^2C for M = 4C and N' = N.</summary>
    /// <param name="tokens">Tokens N entering the block, class token included.</param>
    /// <param name="hiddenSize">Width C.</param>
    /// <param name="mlpSize">Inner width M of the MLP.</param>
    /// <param name="mlpTokens">Tokens N' that the MLP sees where merging happens inside the block; N when null.</param>
    public static long Block(long tokens, long hiddenSize, long mlpSize, long? mlpTokens = null) =>
        (4 * tokens * hiddenSize * hiddenSize) + (2 * tokens * tokens * hiddenSize)
        + (2 * (mlpTokens ?? tokens) * hiddenSize * mlpSize);

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
