using Vlm.Core.Models;
using Vlm.Core.Weights;

namespace Vlm.Testing;

/// <summary>A random LLaVA checkpoint in a folder of its own, with this repository's vocabulary; disposing deletes
/// it.</summary>
public sealed class TinyCheckpoint : IDisposable
{
    /// <summary>4 tower layers at 56 px (16 patches), 2 decoder layers with grouped-query attention.</summary>
    public static readonly CheckpointPreset Preset = new(
        "test",
        "for tests",
        new VisionConfig
        {
            HiddenSize = 32,
            IntermediateSize = 64,
            NumHiddenLayers = 4,
            NumAttentionHeads = 2,
            ImageSize = 56,
            PatchSize = 14,
        },
        new TextConfig
        {
            HiddenSize = 64,
            IntermediateSize = 96,
            NumHiddenLayers = 2,
            NumAttentionHeads = 4,
            NumKeyValueHeads = 2,
            HeadDim = 16,
            VocabSize = 64, // Replaced by the rows that the vocabulary needs.
            MaxPositionEmbeddings = 512,
            RmsNormEps = 1e-5,
        },
        FitsVocabulary: true);

    private readonly string _parent = Directory.CreateTempSubdirectory("vlm-tiny-").FullName;

    private TinyCheckpoint(CheckpointPreset preset, ulong seed, TensorDType dtype)
    {
        Folder = Path.Combine(_parent, "checkpoint");
        Config = NewCheckpoint.Create(Folder, preset, seed, dtype);
    }

    /// <summary>The checkpoint folder.</summary>
    public string Folder { get; }

    /// <summary>What its config.json says.</summary>
    public LlavaConfig Config { get; }

    /// <summary>Writes a checkpoint; the same arguments give the same weights.</summary>
    public static TinyCheckpoint Create(
        ulong seed = 1, TensorDType dtype = TensorDType.F32, CheckpointPreset? preset = null) =>
        new(preset ?? Preset, seed, dtype);

    public void Dispose() => Directory.Delete(_parent, recursive: true);
}
