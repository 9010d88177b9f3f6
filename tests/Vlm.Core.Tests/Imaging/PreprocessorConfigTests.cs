using Vlm.Core.Imaging;
using Vlm.Testing;

namespace Vlm.Core.Tests.Imaging;

public sealed class PreprocessorConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("preprocessor").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("tiny-336", 336, ImageGeometry.Crop)]
    [InlineData("tiny-112-gqa", 112, ImageGeometry.Crop)]
    [InlineData("tiny-56-full", 56, ImageGeometry.Crop)]
    [InlineData("tiny-original", 112, ImageGeometry.Pad)]
    public void Load_GoldenCheckpoint_FindsSizeAndGeometry(string name, int size, ImageGeometry geometry)
    {
        PreprocessorConfig config = PreprocessorConfig.Load(Golden.Folder("checkpoints", name));
        Assert.Equal((size, geometry), (config.Size, config.DefaultGeometry));
        Assert.Equal(PreprocessorConfig.Default.RescaleFactor, config.RescaleFactor);
        Assert.Equal(PreprocessorConfig.Default.Mean, config.Mean);
        Assert.Equal(PreprocessorConfig.Default.Std, config.Std);
    }

    [Fact]
    public void Load_NoFile_GivesClipDefaults() =>
        Assert.Equal(PreprocessorConfig.Default, PreprocessorConfig.Load(_folder));

    [Fact]
    public void Load_ModelConfigOnly_TakesItsImageSize()
    {
        Write("config.json", """{"model_type": "llava", "vision_config": {"image_size": 224}}""");
        Assert.Equal(PreprocessorConfig.Default with { Size = 224 }, PreprocessorConfig.Load(_folder));
    }

    [Fact]
    public void Load_OriginalLayoutWithHubName_LooksIntoTheUsualFolder()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "vision-tower"));
        Write("config.json", """{"mm_vision_tower": "openai/clip-vit-base-patch16", "image_aspect_ratio": "pad"}""");
        Write("vision-tower/config.json", """{"vision_config": {"image_size": 28}}""");
        PreprocessorConfig config = PreprocessorConfig.Load(_folder);
        Assert.Equal((28, ImageGeometry.Pad), (config.Size, config.DefaultGeometry));
    }

    [Theory]
    [InlineData("""{"size": 224, "crop_size": 224, """)]
    [InlineData("""{"size": {"shortest_edge": 224}, """)]
    [InlineData("""{"do_pad": true, "size": {"height": 224, "width": 224}, """)]
    public void Load_PreprocessorFile_TakesEveryShapeOfSize(string json)
    {
        string numbers = """ "image_mean": [0, 0.5, 1], "image_std": [1, 2, 3], "rescale_factor": 0.5}""";
        Write("preprocessor_config.json", json + numbers);
        PreprocessorConfig config = PreprocessorConfig.Load(_folder);
        Assert.Equal((224, 0.5), (config.Size, config.RescaleFactor));
        Assert.Equal([0, 0.5f, 1], config.Mean);
        Assert.Equal([1, 2, 3f], config.Std);
        Assert.Equal(json.Contains("do_pad", StringComparison.Ordinal), config.DefaultGeometry == ImageGeometry.Pad);
    }

    [Fact]
    public void Load_ProcessorFileWithImageProcessor_IsRead()
    {
        Write("processor_config.json", """{"image_processor": {"size": {"shortest_edge": 42}, "crop_size": 42}}""");
        Assert.Equal(42, PreprocessorConfig.Load(_folder).Size);
    }

    [Theory]
    [InlineData("""{"resample": 2}""", "resample: expected 3 (bicubic), found 2")]
    [InlineData("""{"do_center_crop": false}""", "do_center_crop: expected true, found false")]
    [InlineData("""{"do_normalize": 0}""", "do_normalize: expected true, found 0")]
    [InlineData("""{"size": 336, "crop_size": 224}""", "crop_size: expected 336, found 224")]
    [InlineData("""{"size": {"height": 3}}""", """size: expected shortest_edge, found {"height": 3}""")]
    [InlineData("""{"size": -1}""", "size: expected 1 to 4096 pixels, found -1")]
    [InlineData("""{"crop_size": {"a": 3}}""", """crop_size: expected an equal height and width, found {"a": 3}""")]
    [InlineData("""{"image_std": [1, 0, 1]}""", "image_std: expected 3 numbers in range, found [1, 0, 1]")]
    [InlineData("""{"image_mean": [0.1]}""", "image_mean: expected 3 numbers in range, found [0.1]")]
    [InlineData("""{"rescale_factor": "x"}""", "rescale_factor: expected a number, found \"x\"")]
    [InlineData("""{"rescale_factor": 0}""", "rescale_factor: expected above 0, found 0")]
    [InlineData("[]", "content: expected a JSON object, found Array")]
    public void Load_UnsupportedValue_IsRefused(string json, string message)
    {
        Write("preprocessor_config.json", json);
        var error = Assert.Throws<InvalidDataException>(() => PreprocessorConfig.Load(_folder));
        Assert.Equal($"{message} in {Path.Combine(_folder, "preprocessor_config.json")}.", error.Message);
    }

    [Theory]
    [InlineData("checkpoint/clip-other")]
    [InlineData("checkpoint/vision-tower")]
    [InlineData("clip-other")]
    public void Load_Original_ReadsTheTowerThatTheWeightsComeFrom(string tower)
    {
        string checkpoint = Path.Combine(_folder, "checkpoint");
        Directory.CreateDirectory(checkpoint);
        Directory.CreateDirectory(Path.Combine(_folder, tower));
        Write("checkpoint/config.json", """{"mm_vision_tower": "someone/clip-other"}""");
        Write(tower + "/config.json", """{"image_size": 28}""");
        Write(tower + "/preprocessor_config.json", """{"image_mean": [0, 0.5, 1], "image_std": [1, 2, 3]}""");

        PreprocessorConfig config = PreprocessorConfig.Load(checkpoint);

        Assert.Equal(28, config.Size);
        Assert.Equal([0, 0.5f, 1], config.Mean);
    }

    [Fact]
    public void Load_BrokenJson_NamesTheFile()
    {
        Write("preprocessor_config.json", "{");
        var error = Assert.Throws<InvalidDataException>(() => PreprocessorConfig.Load(_folder));
        string start = $"{Path.Combine(_folder, "preprocessor_config.json")}: expected JSON, found ";
        Assert.StartsWith(start, error.Message, StringComparison.Ordinal);
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
