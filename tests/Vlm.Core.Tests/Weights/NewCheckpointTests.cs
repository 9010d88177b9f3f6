using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

public sealed class NewCheckpointTests
{
    private const long MaxTinyBytes = 12_000_000;

    [Fact]
    public void Create_Tiny_IsACompleteSmallCheckpoint()
    {
        using var made = TinyCheckpoint.Create(dtype: TensorDType.F16, preset: CheckpointPreset.Find("tiny"));

        using var checkpoint = Checkpoint.Open(made.Folder);

        Assert.Equal(made.Config, checkpoint.Config);
        var names = Directory.EnumerateFiles(made.Folder).Select(path => Path.GetFileName(path));
        string[] expected =
        [
            "added_tokens.json", "config.json", "generation_config.json", "model.safetensors",
            "preprocessor_config.json", "processor_config.json", "tokenizer.model", "tokenizer_config.json",
        ];
        Assert.Equal(expected, names.Order(StringComparer.Ordinal));
        Assert.True(Directory.EnumerateFiles(made.Folder).Sum(path => new FileInfo(path).Length) <= MaxTinyBytes);
        Assert.Equal(DefaultVocabulary.CountPieces(DefaultVocabulary.Find()), checkpoint.Config.ImageTokenId);
        Assert.True(checkpoint.Config.Text.VocabSize >= checkpoint.Config.ImageTokenId + 2);
        Assert.Equal(0, checkpoint.Config.Text.VocabSize % 64);
    }

    [Fact]
    public void Create_SameSeed_GivesTheSameBytesAndAnotherSeedDoesNot()
    {
        using var one = TinyCheckpoint.Create(seed: 7);
        using var two = TinyCheckpoint.Create(seed: 7);
        using var other = TinyCheckpoint.Create(seed: 8);

        foreach (string file in Directory.EnumerateFiles(one.Folder).Select(path => Path.GetFileName(path)))
        {
            Assert.Equal(Bytes(one, file), Bytes(two, file));
        }

        Assert.NotEqual(Bytes(one, "model.safetensors"), Bytes(other, "model.safetensors"));

        static byte[] Bytes(TinyCheckpoint checkpoint, string file) =>
            File.ReadAllBytes(Path.Combine(checkpoint.Folder, file));
    }

    [Theory]
    [InlineData(TensorDType.F16)]
    [InlineData(TensorDType.BF16)]
    [InlineData(TensorDType.F64)]
    public void Create_EveryWeightType_OpensAsThatType(TensorDType dtype)
    {
        using var made = TinyCheckpoint.Create(dtype: dtype);

        CheckpointInfo info = CheckpointInfo.Inspect(made.Folder);

        Assert.Equal(dtype, Assert.Single(info.DTypes).DType);
        Assert.Equal(dtype, info.Config.DType);
    }

    [Theory]
    [InlineData("clipL-1b", 1_261_000_000)] // Language model; "1.26 B".
    [InlineData("7b", 6_738_939_904)]
    [InlineData("13b", 13_016_519_680)]
    public void Config_BenchmarkPresets_HaveTheirSize(string preset, long languageParameters)
    {
        var config = CheckpointPreset.Find(preset).Config(2000, TensorDType.F16);

        long count = ModelParameters.Count(config, ModelPart.Language);

        Assert.InRange(count, languageParameters, languageParameters + (preset == "clipL-1b" ? 9_999_999 : 0));
        Assert.Equal(303_507_456, ModelParameters.Count(config, ModelPart.Vision));
        Assert.Equal((32064, 32000), (config.Text.VocabSize, config.ImageTokenId));
    }

    [Fact]
    public void Create_FolderWithContent_IsRefusedAndUntouched()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["keep.txt"], "mine");

        var error = Assert.Throws<InvalidDataException>(() => NewCheckpoint.Create(folder.Path, TinyCheckpoint.Preset));

        Assert.Equal($"{folder.Path}: expected a new or empty folder, found one with content.", error.Message);
        Assert.Equal("mine", File.ReadAllText(folder["keep.txt"]));
    }

    [Fact]
    public void Create_Cancelled_LeavesNothingBehind()
    {
        using var folder = new TempFolder();

        Assert.Throws<OperationCanceledException>(
            () => NewCheckpoint.Create(folder["new"], TinyCheckpoint.Preset, cancel: new CancellationToken(true)));

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Find_UnknownPreset_ListsTheKnownOnes()
    {
        var error = Assert.Throws<ArgumentException>(() => CheckpointPreset.Find("70b"));

        Assert.StartsWith(
            "preset: expected tiny, clipL-1b, 7b, 13b, found 70b.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CountPieces_OtherFile_IsRefused()
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["x"], [0xff, 0xff]);

        Assert.Throws<InvalidDataException>(() => DefaultVocabulary.CountPieces(folder["x"]));
    }
}
