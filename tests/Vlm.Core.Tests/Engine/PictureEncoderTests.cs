using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public class PictureEncoderTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    [Fact]
    public void NextBatch_SamePictureTwice_IsEncodedOnceAndFreedByTheLastUser()
    {
        using var encoder = new PictureEncoder(fixture.Model, maxBatch: 8);
        var key = Ask(encoder, picture: 1, merge: 0);
        Ask(encoder, picture: 1, merge: 0);
        Assert.Equal([key], encoder.NextBatch());
        encoder.Encode([key]);
        Assert.Empty(encoder.NextBatch());
        encoder.Release(key);
        Assert.True(encoder.IsEncoded(key));
        encoder.Release(key);
        Assert.Throws<KeyNotFoundException>(() => encoder[key]);
    }

    [Fact]
    public void NextBatch_MixedSettings_GroupsByTheOldest()
    {
        using var encoder = new PictureEncoder(fixture.Model, maxBatch: 2);
        var (a, b, c, d) = (
            Ask(encoder, 1, merge: 1), Ask(encoder, 2, merge: 0), Ask(encoder, 3, merge: 1), Ask(encoder, 4, merge: 1));
        List<PictureKey[]> batches = [];
        while (encoder.NextBatch() is { Count: > 0 } batch)
        {
            batches.Add([.. batch]);
            encoder.Encode(batch);
        }

        Assert.Equal([[a, c], [b], [d]], batches);
    }

    [Fact]
    public void Encode_Batch_EqualsEachPictureAlone()
    {
        using var together = new PictureEncoder(fixture.Model, maxBatch: 3);
        using var alone = new PictureEncoder(fixture.Model, maxBatch: 1);
        PictureKey[] keys = [.. Enumerable.Range(1, 3).Select(i => Ask(together, i, merge: 2))];
        together.Encode(together.NextBatch());
        for (var i = 0; i < keys.Length; i++)
        {
            Ask(alone, i + 1, merge: 2);
            alone.Encode(alone.NextBatch());
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
