namespace Vlm.Core.Models;

/// <summary>LLaMA decoder, the field names of <c>text_config</c>. The sizes default to 7B, whose file omits them
/// (llava.md 10.1).</summary>
public sealed record TextConfig
{
    public int HiddenSize { get; init; } = 4096;

    public int IntermediateSize { get; init; } = 11008;

    public int NumHiddenLayers { get; init; } = 32;

    public int NumAttentionHeads { get; init; } = 32;

    /// <summary>Key and value heads; equal to <see cref="NumAttentionHeads"/> without grouped-query
    /// attention.</summary>
    public int NumKeyValueHeads { get; init; } = 32;

    /// <summary>Width of one attention head, 128 for 7B and 13B.</summary>
    public int HeadDim { get; init; } = 128;

    /// <summary>Rows of the embedding and output matrices; may exceed the tokenizer's vocabulary.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Longest sequence in tokens, pictures counted.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Never defaulted: the library's default differs from every released checkpoint (llava.md 4).</summary>
    public required double RmsNormEps { get; init; }

    public double RopeTheta { get; init; } = 10000;

    public string HiddenAct { get; init; } = "silu";

    public int BosTokenId { get; init; } = 1;

    public int EosTokenId { get; init; } = 2;
}
