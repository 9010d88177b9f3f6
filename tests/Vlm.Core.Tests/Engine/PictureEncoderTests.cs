using Vlm.Core.Engine;
using Vlm.Core.Tests.Models;
using Vlm.Merge;

namespace Vlm.Core.Tests.Engine;

public class PictureEncoderTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private const int Most = 8;

    [Fact]
    public void NextBatch_SamePictureTwice_IsEncodedOnceAndFreedByTheLastUser()
    {
        using var encoder = new PictureEncoder(fixture.Model);
        var key = Ask(encoder, picture: 1, merge: 0);
        Ask(encoder, picture: 1, merge: 0);
        Assert.Equal([key], encoder.NextBatch(Most));
        encoder.Encode([key]);
        Assert.Empty(encoder.NextBatch(Most));
        encoder.Release(key);
        Assert.True(encoder.IsEncoded(key));
        encoder.Release(key);
        Assert.Throws<KeyNotFoundException>(() => encoder[key]);
    }

    [Fact]
    public void Release_WithinTheCache_KeepsThoseUsedLast()
    {
        using var probe = new PictureEncoder(fixture.Model, cacheBytes: long.MaxValue);
        Encode(probe, 1);
        var bytes = probe.UnusedBytes;
        using var encoder = new PictureEncoder(fixture.Model, cacheBytes: 2 * bytes);

        Assert.All([1, 2], picture => Assert.False(Encode(encoder, picture)));
        Assert.True(Encode(encoder, 1));
        Assert.False(Encode(encoder, 3)); // takes the room of 2

        Assert.Equal(2 * bytes, encoder.UnusedBytes);
        Assert.True(Encode(encoder, 1));
        Assert.True(Encode(encoder, 3));
        Assert.False(Encode(encoder, 2));
    }

    [Fact]
    public void Acquire_AnothersPicture_IsNotFound()
    {
        using var encoder = new PictureEncoder(fixture.Model, cacheBytes: long.MaxValue);

        Assert.False(Encode(encoder, 1, "ann"));
        Assert.False(Encode(encoder, 1, "bob"));
        Assert.True(Encode(encoder, 1, "ann"));
    }

    [Fact]
    public void Encode_RandomMethod_DrawsByPictureNotByPlaceInTheBatch()
    {
        using var encoder = new PictureEncoder(fixture.Model);
        var merge = MergeSpec.Parse("random_prune:0.7,seed=5");
        PictureKey[] keys = [Key(1), Key(2)];
        encoder.Acquire(keys[0], fixture.Picture(1));
        encoder.Acquire(keys[1], fixture.Picture(2));
        encoder.Encode(keys);
        using var alone = new PictureEncoder(fixture.Model);
        alone.Acquire(keys[1], fixture.Picture(2));
        alone.Encode([keys[1]]);

        Compare.Near(alone[keys[1]], encoder[keys[1]], 1e-5, "vectors");

        PictureKey Key(int picture) => new(fixture.Picture(picture).ContentKey, merge);
    }

    private bool Encode(PictureEncoder encoder, int picture, string tenant = "")
    {
        var pixels = fixture.Picture(picture);
        var key = new PictureKey(pixels.ContentKey, EngineFixture.Merges[0], tenant);
        var isCached = encoder.Acquire(key, pixels);
        while (encoder.NextBatch(Most) is { Count: > 0 } batch)
        {
            encoder.Encode(batch);
        }

        encoder.Release(key);
        return isCached;
    }

    [Fact]
    public void NextBatch_MixedSettings_GroupsByTheOldest()
    {
        using var encoder = new PictureEncoder(fixture.Model);
        var (a, b, c, d) = (
            Ask(encoder, 1, merge: 1), Ask(encoder, 2, merge: 0), Ask(encoder, 3, merge: 1), Ask(encoder, 4, merge: 1));
        List<PictureKey[]> batches = [];
        while (encoder.NextBatch(2) is { Count: > 0 } batch)
        {
            batches.Add([.. batch]);
            encoder.Encode(batch);
        }

        Assert.Equal([[a, c], [b], [d]], batches);
    }

    [Fact]
    public void Encode_Batch_EqualsEachPictureAlone()
    {
        using var together = new PictureEncoder(fixture.Model);
        using var alone = new PictureEncoder(fixture.Model);
        PictureKey[] keys = [.. Enumerable.Range(1, 3).Select(i => Ask(together, i, merge: 2))];
        together.Encode(together.NextBatch(Most));
        for (var i = 0; i < keys.Length; i++)
        {
            Ask(alone, i + 1, merge: 2);
            alone.Encode(alone.NextBatch(Most));
            Models.Compare.Near(alone[keys[i]], together[keys[i]], 1e-10, $"picture {i}");
        }
    }

    private PictureKey Ask(PictureEncoder encoder, int picture, int merge)
    {
        var pixels = fixture.Picture(picture);
        var key = new PictureKey(pixels.ContentKey, EngineFixture.Merges[merge]);
        encoder.Acquire(key, pixels);
        return key;
    }
}
