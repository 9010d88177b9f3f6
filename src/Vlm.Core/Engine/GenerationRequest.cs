using Vlm.Core.Engine.Constraints;
using Vlm.Core.Imaging;
using Vlm.Merge;

namespace Vlm.Core.Engine;

/// <summary>What enters the engine: token ids and pixels, no text and no tensor.</summary>
public sealed record GenerationRequest
{
    /// <summary>Names the request in logs and answers.</summary>
    public required string Id { get; init; }

    /// <summary>The prompt with one <see cref="Text.LlamaTokenizer.ImagePlaceholder"/> per picture.</summary>
    public required IReadOnlyList<int> PromptIds { get; init; }

    /// <summary>The pictures in the order of their placeholders.</summary>
    public IReadOnlyList<PixelValues> Images { get; init; } = [];

    /// <summary>How the vision tower merges tokens, the same for every picture of the request.</summary>
    public MergeSpec Merge { get; init; } = MergeSpec.None;

    /// <summary>How tokens are chosen; ignored when there are <see cref="Choices"/>.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>What the answer's bytes must be; null for any. The answer is complete within the token limit, unless
    /// even the shortest one is longer. Ignored when there are <see cref="Choices"/>.</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>Who is served first when several wait.</summary>
    public RequestPriority Priority { get; init; }

    /// <summary>Whose request it is; empty for nobody's. Caches are apart, places are shared evenly.</summary>
    public string Tenant { get; init; } = "";

    /// <summary>Token ids of each possible answer. When given, nothing is generated: each is scored after the
    /// prompt.</summary>
    public IReadOnlyList<IReadOnlyList<int>>? Choices { get; init; }
}

/// <summary>Who is served first when several wait.</summary>
public enum RequestPriority
{
    /// <summary>Somebody waits for the answer.</summary>
    Interactive,

    /// <summary>Work that can wait while there are interactive requests.</summary>
    Batch,
}
