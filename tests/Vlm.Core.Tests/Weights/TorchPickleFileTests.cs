using System.IO.Compression;
using System.Runtime.InteropServices;
using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

public sealed class TorchPickleFileTests : IDisposable
{
    private static readonly float[] Values = [0, 1, 2, 3, 4, 5];
    private readonly string _folder = Directory.CreateTempSubdirectory("vlm-pickle-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("system_call.bin", TorchPickleError.ForbiddenGlobal, "data.pkl: refused: a global outside the allowed list; nothing was run: expected only tensors and dictionaries, found posix.system in ")]
    [InlineData("eval_call.bin", TorchPickleError.ForbiddenGlobal, "data.pkl: refused: a global outside the allowed list; nothing was run: expected only tensors and dictionaries, found __builtin__.eval in ")]
    [InlineData("legacy.bin", TorchPickleError.NotZip, "legacy.bin: refused: not a zip archive: expected the zip format of PyTorch 1.6 and later, found no zip directory in ")]
    public void Open_GoldenHostileFile_IsRefused(string name, TorchPickleError reason, string message)
    {
        var error = Assert.Throws<InvalidDataException>(
            () => TorchPickleFile.Open(Golden.Folder("bad", "pickle", name)));

        Assert.Equal(reason, error.TorchPickleReason());
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Open_GoldenOriginal_HasItsTensors()
    {
        using var file = TorchPickleFile.Open(
            Golden.Folder("checkpoints", "tiny-original", "pytorch_model-00001-of-00002.bin"));

        TensorEntry entry = file.Entries["model.mm_projector.0.weight"];

        Assert.Equal([64, 48], entry.Shape);
        Assert.Equal(TensorDType.F16, entry.DType);
        using TensorData data = file.Read(entry.Name);
        Assert.Equal(6144, data.Entry.Length);
    }

    [Theory]
    [InlineData(new[] { 2, 3 }, new[] { 3, 1 }, 0, new float[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData(new[] { 3, 2 }, new[] { 1, 3 }, 0, new float[] { 0, 3, 1, 4, 2, 5 })] // Transposed.
    [InlineData(new[] { 2, 2 }, new[] { 3, 1 }, 1, new float[] { 1, 2, 4, 5 })] // Columns 1 and 2.
    [InlineData(new[] { 1, 3 }, new[] { 99, 1 }, 3, new float[] { 3, 4, 5 })] // The stride of a single row is free.
    [InlineData(new int[] { }, new int[] { }, 4, new float[] { 4 })]
    [InlineData(new[] { 0, 3 }, new[] { 3, 1 }, 0, new float[] { })]
    public void Read_AnyStrides_GivesContiguousRows(int[] shape, int[] strides, int offset, float[] expected)
    {
        using var file = TorchPickleFile.Open(Write(PickleBytes.OneTensor("FloatStorage", 6, offset, shape, strides)));

        using TensorData data = file.Read("w");

        float[] values = new float[expected.Length];
        Marshal.Copy(data.Address, values, 0, values.Length);
        Assert.Equal(expected, values);
        Assert.Equal(expected.Length * 4, data.Entry.Length);
    }

    [Theory]
    [InlineData(6, 1, new[] { 2, 3 }, new[] { 3, 1 })] // One element past the end.
    [InlineData(6, -1, new[] { 1 }, new[] { 1 })]
    [InlineData(6, 0, new[] { -1 }, new[] { 1 })]
    [InlineData(6, 0, new[] { 2 }, new[] { -1 })]
    [InlineData(6, 0, new[] { 2, 3 }, new[] { 1 })]
    [InlineData(7, 0, new[] { 1 }, new[] { 1 })] // The entry holds six.
    [InlineData(6, 0, new[] { 2_000_000_000, 2_000_000_000, 2_000_000_000 }, new[] { 0, 0, 0 })]
    [InlineData(6, 0, new[] { 1_000_000 }, new[] { 0 })] // Unfolds one element to megabytes.
    public void Open_ViewOutsideItsStorage_IsRefused(int count, int offset, int[] shape, int[] strides)
    {
        string path = Write(PickleBytes.OneTensor("FloatStorage", count, offset, shape, strides));

        var error = Assert.Throws<InvalidDataException>(() => TorchPickleFile.Open(path));

        Assert.Equal(TorchPickleError.BadStorage, error.TorchPickleReason());
    }

    [Fact]
    public void Open_CompressedEntry_IsRefused()
    {
        byte[] pickle = PickleBytes.OneTensor("FloatStorage", 6, 0, [6], [1]);
        string path = Write(
            PickleBytes.Archive(pickle, CompressionLevel.Optimal, ("data/0", new byte[100_000])), "bomb.bin");

        var error = Assert.Throws<InvalidDataException>(() => TorchPickleFile.Open(path));

        Assert.Equal(TorchPickleError.CompressedEntry, error.TorchPickleReason());
    }

    [Fact]
    public void Open_StateDictionaryWithMetadata_IgnoresIt()
    {
        byte[] pickle = new PickleBytes().Global("collections", "OrderedDict").Opcode(')').Opcode('R').Raw((byte)'q', 0)
            .Opcode('(').Text("w").Tensor("FloatStorage", "0", 6, 0, [6], [1]).Opcode('u')
            .Opcode('}').Text("_metadata").Opcode('}').Opcode('s').Opcode('b').End();

        using var file = TorchPickleFile.Open(Write(pickle));

        Assert.Equal(["w"], file.Entries.Keys);
    }

    public static TheoryData<byte[], TorchPickleError> HostilePickles => new()
    {
        { new PickleBytes().Global("torch._utils", "_rebuild_parameter").End(), TorchPickleError.ForbiddenGlobal },
        { new PickleBytes().Global("torch", "DoubleStorage").End(), TorchPickleError.ForbiddenGlobal },
        { new PickleBytes().Opcode('i').End(), TorchPickleError.ForbiddenOpcode }, // INST
        { new PickleBytes().Opcode('o').End(), TorchPickleError.ForbiddenOpcode }, // OBJ
        { new PickleBytes().Raw(0x81).End(), TorchPickleError.ForbiddenOpcode }, // NEWOBJ
        { new PickleBytes().Raw(0x82, 1).End(), TorchPickleError.ForbiddenOpcode }, // EXT1
        { new PickleBytes().Raw(0x93).End(), TorchPickleError.ForbiddenOpcode }, // STACK_GLOBAL
        { new PickleBytes().Raw(0x80, 4).End(), TorchPickleError.Malformed },
        { new PickleBytes().Text("collections.OrderedDict").Opcode(')').Opcode('R').End(), TorchPickleError.Malformed },
        { new PickleBytes().Global("torch", "HalfStorage").Opcode(')').Opcode('R').End(), TorchPickleError.Malformed },
        { new PickleBytes().Opcode('t').End(), TorchPickleError.Malformed },
        { new PickleBytes().End(), TorchPickleError.Malformed },
        { new PickleBytes().Raw((byte)'h', 9).End(), TorchPickleError.Malformed },
        { new PickleBytes().Raw((byte)'X', 255, 255, 255, 255).End(), TorchPickleError.Malformed },
        { new PickleBytes().Raw((byte)'J', 1).Unfinished(), TorchPickleError.Malformed },
        { new PickleBytes().Opcode('N').End(), TorchPickleError.NotACheckpoint },
        { new PickleBytes().Opcode('}').Text("w").Int(3).Opcode('s').End(), TorchPickleError.NotACheckpoint },
    };

    [Theory]
    [MemberData(nameof(HostilePickles))]
    public void Open_HostilePickle_IsRefused(byte[] pickle, TorchPickleError reason)
    {
        var error = Assert.Throws<InvalidDataException>(() => TorchPickleFile.Open(Write(pickle)));

        Assert.Equal(reason, error.TorchPickleReason());
    }

    [Fact]
    public void Open_BigEndianFile_IsRefused()
    {
        byte[] pickle = PickleBytes.OneTensor("FloatStorage", 6, 0, [6], [1]);
        (string, byte[]) byteOrder = ("byteorder", "big"u8.ToArray());
        byte[] archive = PickleBytes.Archive(pickle, CompressionLevel.NoCompression, ("data/0", new byte[24]), byteOrder);
        string path = Write(archive, "big.bin");

        var error = Assert.Throws<InvalidDataException>(() => TorchPickleFile.Open(path));

        Assert.Equal(TorchPickleError.NotACheckpoint, error.TorchPickleReason());
    }

    [Fact]
    public void Open_FileMutatedAnywhere_ParsesOrThrowsInvalidData()
    {
        byte[] pickle = PickleBytes.OneTensor("FloatStorage", 6, 0, [2, 3], [3, 1]);
        byte[] archive = PickleBytes.Archive(pickle, CompressionLevel.NoCompression, ("data/0", new byte[24]));
        byte[] replacements = [0, 1, 0x7f, 0x80, 0xff];
        for (int at = 0; at < archive.Length; at++)
        {
            foreach (byte value in replacements)
            {
                byte[] mutated = [.. archive];
                mutated[at] = value;
                OpenOrRefuse(Write(mutated, "mutated.bin"));
            }
        }

        for (int length = 0; length < archive.Length; length++)
        {
            OpenOrRefuse(Write(archive[..length], "cut.bin"));
        }
    }

    private static void OpenOrRefuse(string path)
    {
        try
        {
            TorchPickleFile.Open(path).Dispose();
        }
        catch (InvalidDataException error)
        {
            Assert.NotNull(error.TorchPickleReason());
        }
    }

    private string Write(byte[] pickle)
    {
        byte[] data = MemoryMarshal.AsBytes(Values.AsSpan()).ToArray();
        return Write(PickleBytes.Archive(pickle, CompressionLevel.NoCompression, ("data/0", data)), "x.bin");
    }

    private string Write(byte[] bytes, string name)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
