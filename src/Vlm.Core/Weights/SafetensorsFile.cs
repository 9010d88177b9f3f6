namespace Vlm.Core.Weights;

/// <summary>Memory-mapped safetensors file. Opening checks every rule of llava.md 10.4; tensors are views of the
/// mapping.</summary>
public sealed unsafe class SafetensorsFile : ITensorFile
{
    private readonly MappedFile _map;
    private readonly SafetensorsHeader _header;

    private SafetensorsFile(MappedFile map, SafetensorsHeader header)
    {
        _map = map;
        _header = header;
    }

    /// <inheritdoc/>
    public string Path => _map.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries => _header.Entries;

    /// <summary>The header's <c>__metadata__</c>; empty when absent.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _header.Metadata;

    /// <summary>Maps a file and reads its header.</summary>
    /// <exception cref="InvalidDataException">There is no such file, or it breaks a rule of the format, which the
    /// error's <c>SafetensorsReason()</c> names.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile map = MappedFile.Open(path);
        try
        {
            int startLength = (int)Math.Min(map.Length, SafetensorsHeader.LengthBytes);
            int length = SafetensorsHeader.ReadLength(map.Span(0, startLength), map.Length, map.Name);
            var json = map.Span(SafetensorsHeader.LengthBytes, length);
            return new SafetensorsFile(map, SafetensorsHeader.Parse(json, map.Length, map.Name));
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public TensorData Read(string name)
    {
        TensorEntry entry = Entries[name];
        IntPtr source = _map.Address + (nint)entry.Offset;
        int width = Math.Max(1, entry.DType.Bits() / 8);
        if (source % width == 0)
        {
            return new TensorData(entry, source, _map.Lease());
        }

        // Writers need not align the data buffer; libtorch needs aligned elements.
        var copy = new NativeBuffer(entry.Length);
        Buffer.MemoryCopy((void*)source, (void*)copy.Address, entry.Length, entry.Length);
        return new TensorData(entry, copy.Address, copy);
    }

    /// <inheritdoc/>
    public void Dispose() => _map.Dispose();
}
