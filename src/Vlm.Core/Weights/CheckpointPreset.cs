using Vlm.Core.Models;

namespace Vlm.Core.Weights;

/// <summary>A named shape for random checkpoints.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Description">One line for help texts.</param>
/// <param name="Vision">The tower.</param>
/// <param name="Text">The decoder; its vocabulary rows are replaced where <paramref name="FitsVocabulary"/>.</param>
/// <param name="FitsVocabulary">True when the matrices have only the rows that the tokenizer needs.</param>
public sealed record CheckpointPreset(
    string Name, string Description, VisionConfig Vision, TextConfig Text, bool FitsVocabulary = false)
{
    private const int ReleasedRows = 32064;
    private const int ReleasedImageTokenId = 32000;

    // The embedding matrices are rounded up to this, as in the released files (llava.md 7.4).
    private const int RowMultiple = 64;

    /// <summary>All presets, smallest first.</summary>
    public static IReadOnlyList<CheckpointPreset> All { get; } =
    [
        new("tiny", "12 tower layers at 224 px, 4 decoder layers: the embedded default", TinyTower, TinyDecoder, true),
        new(
            "clipL-1b",
            "CLIP ViT-L/14-336 and a 1.26 B decoder: benchmarks without a GPU",
            VisionConfig.ClipLarge336,
            Decoder(2048, 5632, 22, 16)),
        new("7b", "LLaVA-1.5 7B", VisionConfig.ClipLarge336, Decoder(4096, 11008, 32, 32)),
        new("13b", "LLaVA-1.5 13B", VisionConfig.ClipLarge336, Decoder(5120, 13824, 40, 40)),
    ];

    private static VisionConfig TinyTower => new()
    {
        HiddenSize = 96,
        IntermediateSize = 384,
        NumHiddenLayers = 12,
        NumAttentionHeads = 3,
        ImageSize = 224,
        PatchSize = 14,
    };

    private static TextConfig TinyDecoder =>
        Decoder(128, 352, 4, 4) with { NumKeyValueHeads = 2, MaxPositionEmbeddings = 2048 };

    /// <summary>Finds a preset by name.</summary>
    /// <exception cref="ArgumentException">There is no such preset; the message lists them.</exception>
    public static CheckpointPreset Find(string name) =>
        All.FirstOrDefault(preset => string.Equals(preset.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException(
            $"preset: expected {string.Join(", ", All.Select(p => p.Name))}, found {name}.", nameof(name));

    /// <summary>The configuration of a checkpoint of this shape.</summary>
    /// <param name="vocabularySize">Pieces of the tokenizer that goes with it.</param>
    /// <param name="dtype">Type of the weights.</param>
    public LlavaConfig Config(int vocabularySize, TensorDType dtype)
    {
        int imageTokenId = FitsVocabulary ? vocabularySize : ReleasedImageTokenId;
        int rows = FitsVocabulary ? (vocabularySize + 2 + RowMultiple - 1) / RowMultiple * RowMultiple : ReleasedRows;
        return new LlavaConfig
        {
            Vision = Vision,
            Text = Text with { VocabSize = rows },
            ImageTokenId = imageTokenId,
            PadTokenId = imageTokenId + 1,
            FeatureLayer = Vision.NumHiddenLayers - 1,
            DType = dtype,
        };
    }

    private static TextConfig Decoder(int hidden, int inner, int layers, int heads) => new()
    {
        HiddenSize = hidden,
        IntermediateSize = inner,
        NumHiddenLayers = layers,
        NumAttentionHeads = heads,
        NumKeyValueHeads = heads,
        HeadDim = hidden / heads,
        VocabSize = ReleasedRows,
        MaxPositionEmbeddings = 4096,
        RmsNormEps = 1e-5,
    };
}
