using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using static TorchSharp.torch;

namespace Vlm.Merge.Tests;

/// <summary>Reads float64 tensors of a trusted safetensors file; the real reader is above this project.</summary>
internal sealed class Safetensors
{
    private readonly byte[] _bytes;
    private readonly int _dataStart;
    private readonly JsonElement _header;

    public Safetensors(string path)
    {
        _bytes = File.ReadAllBytes(path);
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(_bytes);
        _dataStart = 8 + headerLength;
        _header = JsonSerializer.Deserialize<JsonElement>(_bytes.AsSpan(8, headerLength));
    }

    public bool Has(string name) => _header.TryGetProperty(name, out _);

    public Tensor Double(string name)
    {
        JsonElement entry = _header.GetProperty(name);
        Assert.Equal("F64", entry.GetProperty("dtype").GetString());
        int[] range = entry.GetProperty("data_offsets").Deserialize<int[]>()!;
        Span<byte> data = _bytes.AsSpan(_dataStart + range[0], range[1] - range[0]);
        return Tensors.Of(MemoryMarshal.Cast<byte, double>(data).ToArray(), entry.GetProperty("shape").Deserialize<long[]>()!);
    }
}
