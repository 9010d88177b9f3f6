using Vlm.Core.Imaging;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Runs;

namespace Vlm.Eval.Tests.Runs;

public sealed class PreparedPicturesTests
{
    private readonly List<string> _loaded = [];

    [Fact]
    public async Task GetAsync_SamePictureAndSettings_IsLoadedOnce()
    {
        PreparedPictures pictures = new(2, LoadAsync);

        PreparedPicture[] found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => pictures.GetAsync(Named("a"), AskSettings.Auto)));

        Assert.All(found, picture => Assert.Same(found[0].Pixels, picture.Pixels));
        Assert.Equal(["a"], _loaded);
    }

    [Fact]
    public async Task GetAsync_OtherSettings_AreAnotherPicture()
    {
        PreparedPictures pictures = new(2, LoadAsync);

        await pictures.GetAsync(Named("a"), AskSettings.Auto);
        await pictures.GetAsync(Named("a"), AskSettings.Of(EvalProfile.Llava));

        Assert.Equal(["a", "a"], _loaded);
    }

    [Fact]
    public async Task GetAsync_MoreThanAreKept_LosesTheOldest()
    {
        PreparedPictures pictures = new(2, LoadAsync);

        foreach (string name in new[] { "a", "b", "c", "b", "a" })
        {
            await pictures.GetAsync(Named(name), AskSettings.Auto);
        }

        Assert.Equal(["a", "b", "c", "a"], _loaded);
    }

    private static Picture Named(string name) => new(name, () => []);

    private Task<PixelValues> LoadAsync(Picture picture, AskSettings settings)
    {
        lock (_loaded)
        {
            _loaded.Add(picture.Name);
        }

        return Task.FromResult(new PixelValues(1, [0, 0, 0], 1, 1));
    }
}
