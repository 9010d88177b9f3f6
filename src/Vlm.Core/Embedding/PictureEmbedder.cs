using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Merge;

namespace Vlm.Core.Embedding;

/// <summary>Pictures to embed.</summary>
/// <param name="Images">Encoded picture files.</param>
/// <param name="Merge">How tokens merge.</param>
/// <param name="Geometry">How a picture becomes square.</param>
/// <param name="Tenant">Whose pictures they are; caches are apart.</param>
public sealed record EmbedInput(
    IReadOnlyList<byte[]> Images, MergeSpec Merge, ImageGeometry Geometry = ImageGeometry.Auto, string Tenant = "");

/// <summary>An embedded picture.</summary>
/// <param name="Values">Pooled features of the vision tower, length 1.</param>
/// <param name="Image">What the picture became.</param>
public sealed record PictureEmbedding(IReadOnlyList<float> Values, ImageUsage Image);

/// <summary>Pictures in, one vector each out: what <c>POST /v1/embeddings</c> calls.</summary>
public sealed class PictureEmbedder(IVlmEngine engine, ChatPreparer preparer)
{
    /// <summary>Runs the vision tower on each picture.</summary>
    /// <exception cref="ChatInputException">A picture cannot be read, or the tower has no such merging.</exception>
    /// <exception cref="QueueFullException">Too many requests run and wait.</exception>
    /// <exception cref="EngineUnavailableException">The engine is loading, draining or stopped.</exception>
    public async Task<IReadOnlyList<PictureEmbedding>> EmbedAsync(EmbedInput input, CancellationToken cancel = default)
    {
        var tokens = preparer.VisualTokens(input.Merge);
        using var places = Reserve(input.Images.Count);
        var pictures = await preparer.LoadAllAsync(input.Images, input.Geometry, applyExif: true, cancel).ConfigureAwait(false);
        return await Task.WhenAll(pictures.Select(EmbedAsync)).ConfigureAwait(false);

        async Task<PictureEmbedding> EmbedAsync(PixelValues pixels)
        {
            var output = await engine.EmbedAsync(pixels, input.Merge, input.Tenant, places, cancel).ConfigureAwait(false);
            var image = ImageUsage.Of(pixels, input.Merge, engine.Model.TokensFull, tokens);
            return new(output.Values, image with { Cached = output.IsCached });
        }
    }

    private Reservation Reserve(int numPictures) => numPictures <= engine.Load.MaxRequests
        ? engine.Reserve(numPictures)
        : throw new ChatInputException(
            "input", $"input: expected at most {engine.Load.MaxRequests} pictures, as many as run and wait at once, found {numPictures}.");
}
