using System.Diagnostics;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Merge;

namespace Vlm.Core.Preview;

/// <summary>A picture and how its tokens shall merge.</summary>
public sealed record PreviewInput
{
    /// <summary>Encoded picture file.</summary>
    public required byte[] Image { get; init; }

    /// <summary>How tokens merge.</summary>
    public required MergeSpec Merge { get; init; }

    /// <summary>How the picture becomes square.</summary>
    public ImageGeometry Geometry { get; init; }

    /// <summary>Whether the orientation that a camera noted is applied.</summary>
    public bool ApplyExif { get; init; } = true;
}

/// <summary>Pictures in, what merging does to them out: what <c>POST /merge/preview</c> and <c>./vlm merge show</c>
/// call.</summary>
public sealed class MergePreviewer(IVlmEngine engine, ChatPreparer preparer)
{
    /// <summary>Runs the vision tower on one picture.</summary>
    /// <exception cref="ChatInputException">The picture cannot be read, or the tower has no such merging.</exception>
    /// <exception cref="QueueFullException">Too many requests run and wait.</exception>
    /// <exception cref="EngineUnavailableException">The engine is loading, draining or stopped.</exception>
    public async Task<MergePreview> PreviewAsync(PreviewInput input, CancellationToken cancel = default)
    {
        var start = Stopwatch.GetTimestamp();
        var tokens = preparer.VisualTokens(input.Merge);
        using var place = engine.Reserve();
        var pixels = await preparer.LoadAsync(input.Image, "image", input.Geometry, input.ApplyExif, cancel)
            .ConfigureAwait(false);
        var imageTime = Stopwatch.GetElapsedTime(start);
        var output = await engine.PreviewAsync(pixels, input.Merge, place, cancel).ConfigureAwait(false);
        return new MergePreview
        {
            Model = engine.Model.Name,
            Width = pixels.SourceWidth,
            Height = pixels.SourceHeight,
            Method = input.Merge.Method,
            Profile = input.Merge.IsNone ? null : input.Merge.Profile,
            Ratio = input.Merge.Ratio,
            Geometry = input.Geometry == ImageGeometry.Auto ? engine.Model.Geometry : input.Geometry,
            Grid = (int)Math.Sqrt(engine.Model.MergeShape.NumPatches),
            TokensFull = engine.Model.TokensFull,
            Tokens = tokens,
            Layers = output.Layers,
            Timings = new(
                output.Queue.TotalMilliseconds,
                imageTime.TotalMilliseconds,
                output.Encode.TotalMilliseconds,
                Stopwatch.GetElapsedTime(start).TotalMilliseconds),
        };
    }
}
