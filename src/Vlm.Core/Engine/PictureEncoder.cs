using TorchSharp;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Pixels to vectors of the language model, in batches of equal merge setting across requests. A picture that
/// several requests (or one request twice) show under the same setting is encoded once and lives until the last of them
/// lets go.</summary>
internal sealed class PictureEncoder(Llava model, int maxBatch) : IDisposable
{
    private readonly Dictionary<PictureKey, Entry> _entries = [];
    private readonly LinkedList<PictureKey> _pending = [];

    /// <summary>Vectors [N, C] of an encoded picture; the encoder keeps them.</summary>
    public Tensor this[PictureKey key] =>
        _entries[key].Projected ?? throw new InvalidOperationException(
            $"Picture {key.ContentKey}: expected encoded, found it waiting.");

    public bool IsEncoded(PictureKey key) => _entries[key].Projected is not null;

    /// <summary>Asks for a picture; each call needs one <see cref="Release"/>.</summary>
    public void Acquire(PictureKey key, PixelValues pixels)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries.Add(key, entry = new Entry(pixels));
            _pending.AddLast(key);
        }

        entry.Users++;
    }

    /// <summary>Lets go of a picture; the last one frees it.</summary>
    public void Release(PictureKey key)
    {
        if (--_entries[key].Users == 0)
        {
            _pending.Remove(key);
            _entries[key].Projected?.Dispose();
            _entries.Remove(key);
        }
    }

    /// <summary>The pictures to encode next: the oldest and those that share its merge setting.</summary>
    public IReadOnlyList<PictureKey> NextBatch() =>
        _pending.First?.Value is { } oldest ? [.. _pending.Where(key => key.Merge == oldest.Merge).Take(maxBatch)] : [];

    /// <summary>Encodes one batch.</summary>
    /// <exception cref="InvalidOperationException">The tower left another number of tokens than the schedule
    /// promised.</exception>
    public void Encode(IReadOnlyList<PictureKey> batch)
    {
        var merge = batch[0].Merge;
        using var output = model.EncodeImages(Stack(batch), merge);
        var expected = TokenMergers.VisualTokens(merge, model.MergeShape);
        if (output.Projected.shape[1] != expected)
        {
            throw new InvalidOperationException(
                $"Visual tokens under {merge}: expected {expected} by its schedule, " +
                $"found {output.Projected.shape[1]}.");
        }

        for (var i = 0; i < batch.Count; i++)
        {
            // A copy: a view would keep the whole batch alive as long as its last picture.
            _entries[batch[i]].Projected = output.Projected.select(0, i).clone().DetachFromDisposeScope();
            _pending.Remove(batch[i]);
        }

        if (model.Device.type == DeviceType.CUDA)
        {
            cuda.synchronize(model.Device); // or the time would be counted as the next forward's
        }
    }

    public void Dispose()
    {
        foreach (var entry in _entries.Values)
        {
            entry.Projected?.Dispose();
        }
    }

    // float32 [B, 3, S, S] on the CPU
    private Tensor Stack(IReadOnlyList<PictureKey> batch)
    {
        var size = _entries[batch[0]].Pixels.Size;
        var data = new float[batch.Count * 3 * size * size];
        for (var i = 0; i < batch.Count; i++)
        {
            _entries[batch[i]].Pixels.Data.CopyTo(data, i * 3 * size * size);
        }

        return tensor(data, [batch.Count, 3, size, size]);
    }

    private sealed class Entry(PixelValues pixels)
    {
        public PixelValues Pixels { get; } = pixels;

        public Tensor? Projected { get; set; }

        public int Users { get; set; }
    }
}
