using System.IO.Compression;
using System.Text;

namespace Vlm.Core.Tests.Weights;

/// <summary>Writes pickles and the zip archives around them by hand, valid or hostile.</summary>
internal sealed class PickleBytes
{
    private readonly List<byte> _bytes = [];

    public PickleBytes() => Raw(0x80, 2);

    public static byte[] Archive(byte[] pickle, CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries.Prepend(("data.pkl", pickle)))
            {
                using var entry = zip.CreateEntry($"archive/{name}", level).Open();
                entry.Write(bytes);
            }
        }

        return stream.ToArray();
    }

    public PickleBytes Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleBytes Opcode(char opcode) => Raw((byte)opcode);

    public PickleBytes Text(string text) =>
        Raw([(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.ASCII.GetBytes(text)]);

    public PickleBytes Int(int value) => Raw([(byte)'J', .. BitConverter.GetBytes(value)]);

    public PickleBytes Global(string module, string name) => Raw(Encoding.ASCII.GetBytes($"c{module}\n{name}\n"));

    public PickleBytes Ints(params int[] values)
    {
        Opcode('(');
        foreach (int value in values)
        {
            Int(value);
        }

        return Opcode('t');
    }

    /// <summary>A tensor as torch.save writes it.</summary>
    public PickleBytes Tensor(string storageType, string key, int count, int offset, int[] shape, int[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2").Opcode('(').Opcode('(').Text("storage")
            .Global("torch", storageType).Text(key)
            .Text("cpu").Int(count).Opcode('t').Opcode('Q').Int(offset).Ints(shape).Ints(strides).Raw(0x89)
            .Global("collections", "OrderedDict").Opcode(')').Opcode('R').Opcode('t').Opcode('R');

    /// <summary>The pickle so far and STOP.</summary>
    public byte[] End() => Opcode('.').Unfinished();

    /// <summary>The pickle so far.</summary>
    public byte[] Unfinished() => [.. _bytes];

    /// <summary>A state dictionary with one tensor "w".</summary>
    public static byte[] OneTensor(string storageType, int count, int offset, int[] shape, int[] strides) =>
        new PickleBytes().Opcode('}').Opcode('(').Text("w")
            .Tensor(storageType, "0", count, offset, shape, strides).Opcode('u').End();
}
