using Vlm.Core.Chat;
using Vlm.Core.Embedding;
using Vlm.Core.Preview;
using Vlm.Core.Tests.Chat;
using Vlm.Core.Tests.Engine;
using Vlm.Merge;
using Vlm.Testing;

namespace Vlm.Core.Tests.Embedding;

/// <summary>Pictures that are shown or embedded have their places from before they are decoded to their end.</summary>
public sealed class PlacesTests : IClassFixture<EngineFixture>, IDisposable
{
    private readonly FakeEngine _engine;
    private readonly ChatPreparer _preparer;

    public PlacesTests(EngineFixture fixture)
    {
        _engine = new FakeEngine { Model = fixture.Source.Description };
        _preparer = new ChatPreparer(fixture.Source.Tokenizer, fixture.Source.Preprocessor, fixture.Source.Description);
    }

    public void Dispose() => _preparer.Dispose();

    [Fact]
    public async Task EmbedAsync_Pictures_EachHasItsPlaceWhenItIsHandedIn()
    {
        _engine.MaxRequests = 2;

        var embeddings = await EmbedAsync(2);

        Assert.Equal(2, embeddings.Count);
        Assert.Equal(1, _engine.NumReservedThen); // the second: the first has been embedded by then
        Assert.Equal(0, _engine.NumReserved);
    }

    [Fact]
    public async Task EmbedAsync_MorePicturesThanPlaces_IsRefusedForGood()
    {
        _engine.MaxRequests = 2;

        var error = await Assert.ThrowsAsync<ChatInputException>(() => EmbedAsync(3));

        Assert.Equal(
            ("input", "input: expected at most 2 pictures, as many as run and wait at once, found 3."), (error.Field, error.Message));
        Assert.Equal(0, _engine.NumReserved);
    }

    [Fact]
    public async Task PreviewAsync_Picture_HasItsPlaceWhenItIsHandedIn()
    {
        PreviewInput input = new() { Image = Pictures.Bmp(8, 8, seed: 1), Merge = MergeSpec.None };

        await new MergePreviewer(_engine, _preparer).PreviewAsync(input);

        Assert.Equal(1, _engine.NumReservedThen);
        Assert.Equal(0, _engine.NumReserved);
    }

    private Task<IReadOnlyList<PictureEmbedding>> EmbedAsync(int count) => new PictureEmbedder(_engine, _preparer).EmbedAsync(
        new([.. Enumerable.Range(0, count).Select(i => Pictures.Bmp(8, 8, seed: i))], MergeSpec.None));
}
