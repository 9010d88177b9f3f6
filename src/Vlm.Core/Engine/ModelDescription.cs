using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Core.Engine;

/// <summary>What users of a model need to know about it.</summary>
public sealed record ModelDescription
{
    /// <summary>Name on the wire.</summary>
    public required string Name { get; init; }

    /// <summary>Most tokens of prompt and answer together.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Side of the square picture that the tower takes, pixels.</summary>
    public required int ImageSize { get; init; }

    /// <summary>The tower as the merging schedule sees it.</summary>
    public required MergeShape MergeShape { get; init; }

    /// <summary>What <see cref="TemplateName.Auto"/> means; never itself <see cref="TemplateName.Auto"/>.</summary>
    public required TemplateName Template { get; init; }

    /// <summary>What <see cref="ImageGeometry.Auto"/> means; never itself <see cref="ImageGeometry.Auto"/>.</summary>
    public required ImageGeometry Geometry { get; init; }

    /// <summary>Pieces of the tokenizer.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Compute type, as on the command line: <c>float64</c>, <c>float32</c>, <c>float16</c>,
    /// <c>bfloat16</c>.</summary>
    public required string DType { get; init; }

    /// <summary>Where it runs: <c>cpu</c> or <c>cuda:N</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Threads of the processor that compute.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Visual tokens of one picture without merging.</summary>
    public int TokensFull => TokenMergers.VisualTokens(MergeSpec.None, MergeShape);
}
