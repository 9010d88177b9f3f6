using System.Buffers.Binary;
using Vlm.Core.Weights;

namespace Vlm.Core.Tests.Weights;

public sealed class CheckpointWriterTests
{
    private static readonly TensorPlan[] Plans =
    [
        new("z", TensorDType.F16, [3]),
        new("b", TensorDType.F32, [2, 2]),
        new("a", TensorDType.F16, [5]),
        new("scalar", TensorDType.F64, []),
        new("none", TensorDType.F32, [0, 7]),
    ];

    [Fact]
    public void Write_AnyOrder_PutsWideTypesFirstThenNamesAligned()
    {
        using var folder = new TempFolder();
        SafetensorsWriter.Write(folder["x.safetensors"], Plans, Fill);

        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        string[] order = [.. file.Entries.Values.OrderBy(e => e.Offset).ThenBy(e => e.Length).Select(e => e.Name)];
        Assert.Equal(["scalar", "b", "none", "a", "z"], order);
        Assert.All(file.Entries.Values, entry => Assert.Equal(0, entry.Offset % (entry.DType.Bits() / 8)));
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void Write_SameTensorsInAnotherOrder_GivesTheSameBytes()
    {
        using var folder = new TempFolder();
        SafetensorsWriter.Write(folder["x.safetensors"], Plans, Fill);
        SafetensorsWriter.Write(folder["y.safetensors"], [.. Plans.Reverse()], Fill);

        Assert.Equal(File.ReadAllBytes(folder["x.safetensors"]), File.ReadAllBytes(folder["y.safetensors"]));
    }

    [Fact]
    public void Write_Data_BeginsAtACacheLine()
    {
        using var folder = new TempFolder();
        SafetensorsWriter.Write(folder["x.safetensors"], Plans, Fill);

        long header = BinaryPrimitives.ReadInt64LittleEndian(File.ReadAllBytes(folder["x.safetensors"]));

        Assert.Equal(0, (sizeof(long) + header) % 64);
    }

    [Fact]
    public void Write_FillFails_LeavesNoFile()
    {
        using var folder = new TempFolder();

        Assert.Throws<NotSupportedException>(
            () => SafetensorsWriter.Write(folder["x.safetensors"], Plans, (_, _) => throw new NotSupportedException()));

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_FillOfWrongLength_NamesTheTensor()
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<InvalidOperationException>(
            () => SafetensorsWriter.Write(folder["x.safetensors"], Plans, (_, output) => output.WriteByte(0)));

        Assert.Equal("scalar: expected 8 bytes to be written, found 1.", error.Message);
    }

    [Fact]
    public void Write_NameTwice_IsRefused()
    {
        using var folder = new TempFolder();

        var error = Assert.Throws<ArgumentException>(
            () => SafetensorsWriter.Write(folder["x.safetensors"], [Plans[0], Plans[0]], Fill));

        Assert.StartsWith("z: expected each tensor once, found 2.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SmallShards_GivesFilesAndAnIndexThatOpen()
    {
        using var folder = new TempFolder();
        CheckpointWriter.Write(folder.Path, Plans, Fill, maxShardBytes: 20);

        using var opened = TensorFolder.Open(folder.Path);

        string[] names = [.. opened.Files.Select(file => Path.GetFileName(file.Path))];
        Assert.Equal(
            Enumerable.Range(1, 3).Select(i => $"model-0000{i}-of-00003.safetensors"), names);
        Assert.Equal(Plans.Length, opened.Files.Sum(file => file.Entries.Count));
    }

    [Fact]
    public void Write_OneShard_NeedsNoIndexAndReportsAllBytes()
    {
        using var folder = new TempFolder();
        List<ByteProgress> reports = [];
        CheckpointWriter.Write(folder.Path, Plans, Fill, new Recorder(reports));

        Assert.Equal("model.safetensors", Path.GetFileName(Assert.Single(Directory.EnumerateFiles(folder.Path))));
        Assert.Equal(new ByteProgress(40, 40), reports[^1]);
        Assert.Equal(Plans.Length, reports.Count);
    }

    private static void Fill(TensorPlan tensor, Stream output)
    {
        for (long i = 0; i < tensor.Length; i++)
        {
            output.WriteByte((byte)(tensor.Name[0] + i));
        }
    }

    private sealed class Recorder(List<ByteProgress> reports) : IProgress<ByteProgress>
    {
        public void Report(ByteProgress value) => reports.Add(value);
    }
}
