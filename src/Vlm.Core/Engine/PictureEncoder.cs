using System.Security.Cryptography;
using System.Text;
using TorchSharp;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Pixels to vectors of the language model, in batches of equal merge setting across requests. A picture that
/// several requests (or one request twice) show under the same setting is encoded once. When the last of them lets go it
/// stays, until others take its room: the one unused for longest goes first.</summary>
/// <param name="model">Stays the caller's.</param>
/// <param name="cacheBytes">Most bytes of vectors that nobody uses; 0 keeps none.</param>
internal sealed class PictureEncoder(Llava model, long cacheBytes = 0) : IDisposable
{
    private readonly Dictionary<PictureKey, Entry> _entries = [];
    private readonly LinkedList<PictureKey> _unused = []; // encoded, longest unused first
    private readonly LinkedList<PictureKey> _pending = [];

    /// <summary>Vectors [N, C] of an encoded picture; the encoder keeps them.</summary>
    public Tensor this[PictureKey key] =>
        _entries[key].Projected ?? throw new InvalidOperationException(
            $"Picture {key.ContentKey}: expected encoded, found it waiting.");

    /// <summary>Pooled features [Cv] of an encoded picture, float32 with length 1; the encoder keeps them.</summary>
    public Tensor Pooled(PictureKey key) => _entries[key].Pooled!;

    public bool IsEncoded(PictureKey key) => _entries[key].Projected is not null;

    /// <summary>Bytes of vectors that nobody uses.</summary>
    public long UnusedBytes { get; private set; }

    /// <summary>Pictures asked for, and those of them that were there.</summary>
    public (long Asked, long Found) Counts { get; private set; }

    /// <summary>Asks for a picture; each call needs one <see cref="Release"/>.</summary>
    /// <returns>Whether it is encoded already.</returns>
    public bool Acquire(PictureKey key, PixelValues pixels)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            _entries.Add(key, entry = new Entry(pixels));
            _pending.AddLast(key);
        }

        var isEncoded = entry.Projected is not null;
        if (entry.Users++ == 0 && isEncoded)
        {
            _unused.Remove(key);
            UnusedBytes -= entry.Bytes;
        }

        Counts = (Counts.Asked + 1, Counts.Found + (isEncoded ? 1 : 0));
        return isEncoded;
    }

    /// <summary>Lets go of a picture; the last one leaves it to the cache.</summary>
    public void Release(PictureKey key)
    {
        var entry = _entries[key];
        if (--entry.Users > 0)
        {
            return;
        }

        if (entry.Projected is null)
        {
            _pending.Remove(key);
            _entries.Remove(key);
            return;
        }

        _unused.AddLast(key);
        UnusedBytes += entry.Bytes;
        while (UnusedBytes > cacheBytes)
        {
            Drop(_unused.First!.Value);
        }
    }

    private void Drop(PictureKey key)
    {
        UnusedBytes -= _entries[key].Bytes;
        _entries[key].Dispose();
        _entries.Remove(key);
        _unused.Remove(key);
    }

    /// <summary>The pictures to encode next: the oldest and those that share its merge setting.</summary>
    /// <param name="maxBatch">Most pictures of the batch.</param>
    public IReadOnlyList<PictureKey> NextBatch(int maxBatch) =>
        _pending.First?.Value is { } oldest ? [.. _pending.Where(key => key.Merge == oldest.Merge).Take(maxBatch)] : [];

    /// <summary>Encodes one batch.</summary>
    /// <exception cref="InvalidOperationException">The tower left another number of tokens than the schedule
    /// promised.</exception>
    public void Encode(IReadOnlyList<PictureKey> batch)
    {
        var merge = batch[0].Merge;
        using var output = model.EncodeImages(Stack(batch), merge, pictureSeeds: [.. batch.Select(key => Seed(key.ContentKey))]);
        var expected = TokenMergers.VisualTokens(merge, model.MergeShape);
        if (output.Projected.shape[1] != expected)
        {
            throw new InvalidOperationException(
                $"Visual tokens under {merge}: expected {expected} by its schedule, " +
                $"found {output.Projected.shape[1]}.");
        }

        using var pooled = FeaturePooling.Pool(output);
        for (var i = 0; i < batch.Count; i++)
        {
            _entries[batch[i]].Finish(Own(output.Projected, i), Own(pooled, i));
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
            entry.Dispose();
        }
    }

    // Random methods draw by content, so that an answer does not depend on what else is in the batch.
    internal static ulong Seed(string contentKey) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(contentKey)));

    // A copy: a view would keep the whole batch alive as long as its last picture.
    private static Tensor Own(Tensor batch, int index) => batch.select(0, index).clone().DetachFromDisposeScope();

    // float32 [B, 3, S, S] on the CPU
    private Tensor Stack(IReadOnlyList<PictureKey> batch)
    {
        var size = _entries[batch[0]].Pixels!.Size;
        var data = new float[batch.Count * 3 * size * size];
        for (var i = 0; i < batch.Count; i++)
        {
            _entries[batch[i]].Pixels!.Data.CopyTo(data, i * 3 * size * size);
        }

        return tensor(data, [batch.Count, 3, size, size]);
    }

    private sealed class Entry(PixelValues pixels) : IDisposable
    {
        /// <summary>Null once they are encoded.</summary>
        public PixelValues? Pixels { get; private set; } = pixels;

        public Tensor? Projected { get; private set; }

        public Tensor? Pooled { get; private set; }

        public long Bytes => (Projected!.numel() * Projected.element_size()) + (Pooled!.numel() * Pooled.element_size());

        public int Users { get; set; }

        public void Finish(Tensor projected, Tensor pooled) => (Projected, Pooled, Pixels) = (projected, pooled, null);

        public void Dispose()
        {
            Projected?.Dispose();
            Pooled?.Dispose();
        }
    }
}
