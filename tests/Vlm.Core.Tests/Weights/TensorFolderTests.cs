using Vlm.Core.Weights;

namespace Vlm.Core.Tests.Weights;

public sealed class TensorFolderTests
{
    private const string Shard = "model-00001-of-00001.safetensors";

    [Theory]
    [InlineData("../x.safetensors")]
    [InlineData("a/x.safetensors")]
    [InlineData("a\\\\x.safetensors")]
    [InlineData("..safetensors")]
    [InlineData("/etc/x.safetensors")]
    [InlineData("x.bin")]
    [InlineData("")]
    public void Open_ShardNameWithAPath_IsRefused(string name)
    {
        using var folder = Folder($$$"""{"weight_map":{"w":"{{{name}}}"}}""");

        var error = Assert.Throws<InvalidDataException>(() => TensorFolder.Open(folder.Path));

        Assert.StartsWith(
            "w: expected a file name without a path that ends in .safetensors, found ", error.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"weight_map\":3}")]
    [InlineData("[]")]
    [InlineData("{\"weight_map\":{\"w\":null}}")]
    public void Open_BrokenIndex_IsRefused(string index)
    {
        using var folder = Folder(index);

        var error = Assert.Throws<InvalidDataException>(() => TensorFolder.Open(folder.Path));

        Assert.Contains("model.safetensors.index.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_IndexedTensorAbsentInShard_NamesIt()
    {
        using var folder = Folder($$$"""{"weight_map":{"w":"{{{Shard}}}","other":"{{{Shard}}}"}}""");

        var error = Assert.Throws<InvalidDataException>(() => TensorFolder.Open(folder.Path));

        Assert.StartsWith(
            $"other: expected in {Shard} as in model.safetensors.index.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TensorAbsentInIndex_NamesIt()
    {
        using var folder = Folder($$$"""{"weight_map":{"w":"{{{Shard}}}"}}""", "w", "extra");

        var error = Assert.Throws<InvalidDataException>(() => TensorFolder.Open(folder.Path));

        Assert.StartsWith(
            $"extra: expected {Shard} in model.safetensors.index.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoWeights_ListsWhatWouldDo()
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<InvalidDataException>(() => TensorFolder.Open(folder.Path));

        Assert.Equal(
            "weights missing: expected model.safetensors or model.safetensors.index.json or pytorch_model.bin " +
            "or pytorch_model.bin.index.json, " +
            $"found none in {folder.Path}.",
            error.Message);
    }

    private static TempFolder Folder(string index, params string[] tensors)
    {
        var folder = new TempFolder();
        string[] names = tensors.Length == 0 ? ["w"] : tensors;
        SafetensorsWriter.Write(
            folder[Shard],
            [.. names.Select(name => new TensorPlan(name, TensorDType.U8, [1]))],
            (_, output) => output.WriteByte(1));
        File.WriteAllText(folder["model.safetensors.index.json"], index);
        return folder;
    }
}
