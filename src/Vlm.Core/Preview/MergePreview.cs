using System.Text.Json.Serialization;
using Vlm.Core.Imaging;

namespace Vlm.Core.Preview;

/// <summary>
/// What merging does to one picture, layer by layer, without the language model: the answer of <c>POST /merge/preview</c>.
/// Tokens are numbered from 0, which is the class token; patches row by row from the top left.
/// </summary>
public sealed record MergePreview
{
    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Pixels of the picture as sent.</summary>
    public required int Width { get; init; }

    /// <summary>Pixels of the picture as sent.</summary>
    public required int Height { get; init; }

    /// <summary>Merging method.</summary>
    public required string Method { get; init; }

    /// <summary>Merging profile, null without merging.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Profile { get; init; }

    /// <summary>Share of tokens kept per application, 1 without merging.</summary>
    public required double Ratio { get; init; }

    /// <summary>How the picture became square: padded, or cropped in its centre.</summary>
    public required ImageGeometry Geometry { get; init; }

    /// <summary>Patches per side of the square that the tower sees.</summary>
    public required int Grid { get; init; }

    /// <summary>Visual tokens without merging.</summary>
    public required int TokensFull { get; init; }

    /// <summary>Visual tokens that would reach the language model.</summary>
    public required int Tokens { get; init; }

    /// <summary>Token that holds each patch in the end, -1 where it was pruned; absent where tokens are mixtures.</summary>
    public IReadOnlyList<int>? Owner => Layers[^1].Owner;

    /// <summary>Patches in each token that is left, the class token's first; absent where tokens are mixtures.</summary>
    public IReadOnlyList<int>? Sizes => Layers[^1].Sizes();

    /// <summary>Every layer of the tower that is evaluated.</summary>
    public required IReadOnlyList<PreviewLayer> Layers { get; init; }

    /// <summary>Where the time went.</summary>
    public required PreviewTimings Timings { get; init; }
}

/// <summary>Milliseconds that each part took.</summary>
/// <param name="QueueMs">Waiting for the engine.</param>
/// <param name="ImageMs">Decoding and resizing the picture.</param>
/// <param name="EncodeMs">Vision tower and projector, the record of the merging included.</param>
/// <param name="TotalMs">Whole request.</param>
public sealed record PreviewTimings(double QueueMs, double ImageMs, double EncodeMs, double TotalMs);
