using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

public sealed unsafe class CheckpointConverterTests
{
    [SkippableTheory]
    [InlineData("tiny-original")]
    [InlineData("tiny-112-gqa")]
    [InlineData("tiny-56-full")]
    public void Convert_GoldenCheckpoint_KeepsEveryValueUnderHubNames(string name)
    {
        string source = Golden.Folder("checkpoints", name);
        using var folder = new TempFolder();

        CheckpointConverter.Convert(source, folder["hf"]);

        using var before = Checkpoint.Open(source);
        using var after = Checkpoint.Open(folder["hf"]);
        using var file = SafetensorsFile.Open(folder[Path.Combine("hf", "model.safetensors")]);
        Assert.Equal(CheckpointLayout.HuggingFace, after.Layout);
        Assert.Equal(before.Store.Parameters.Select(p => p.Name).Order(), file.Entries.Keys.Order());
        foreach (ModelParameter parameter in before.Store.Parameters)
        {
            AssertSame(before.Store, after.Store, parameter.Name);
        }
    }

    [SkippableFact]
    public void Convert_GoldenOriginal_StaysOfTheOriginalFamily()
    {
        string source = Golden.Folder("checkpoints", "tiny-original");
        using var folder = new TempFolder();
        CheckpointConverter.Convert(source, folder["hf"]);

        using var before = Checkpoint.Open(source);
        using var after = Checkpoint.Open(folder["hf"]);

        Assert.Equal(before.Config with { ModelType = "llava" }, after.Config);
        Assert.Equal(CheckpointFamily.Original, after.Config.Family);
        Assert.True(after.Config.PadToSquare);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(source, "tokenizer.model")),
            File.ReadAllBytes(folder[Path.Combine("hf", "tokenizer.model")]));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(source, "vision-tower", "preprocessor_config.json")),
            File.ReadAllBytes(folder[Path.Combine("hf", "preprocessor_config.json")]));
    }

    [SkippableFact]
    public void Convert_BrokenSource_LeavesNoTarget()
    {
        using var folder = new TempFolder();

        Assert.Throws<InvalidDataException>(
            () => CheckpointConverter.Convert(Golden.Folder("bad", "checkpoints", "missing_tensor"), folder["hf"]));

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    private static void AssertSame(WeightStore before, WeightStore after, string name)
    {
        using TensorData one = Read(before, name);
        using TensorData two = Read(after, name);
        Assert.Equal(one.Entry.DType, two.Entry.DType);
        Assert.True(Bytes(one).SequenceEqual(Bytes(two)), name);
    }

    private static TensorData Read(WeightStore store, string name)
    {
        var (file, fileName) = store.Ask(name);
        return file.Read(fileName);
    }

    private static ReadOnlySpan<byte> Bytes(TensorData data) => new((void*)data.Address, (int)data.Entry.Length);
}
