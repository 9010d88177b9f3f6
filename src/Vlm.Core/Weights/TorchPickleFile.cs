namespace Vlm.Core.Weights;

/// <summary>
/// Memory-mapped PyTorch <c>.bin</c> file: a zip archive with a pickle and stored, little-endian storages (llava.md
/// 10.3). The pickle is read by
/// <see cref="Unpickler"/>, which runs nothing.
/// </summary>
public sealed unsafe class TorchPickleFile : ITensorFile
{
    private const int MaxPickleLength = 64 << 20;
    private const string PickleName = "data.pkl";

    private readonly MappedFile _map;
    private readonly Dictionary<string, TensorEntry> _entries = [];
    private readonly Dictionary<string, PickledTensor> _tensors = [];

    private TorchPickleFile(MappedFile map) => _map = map;

    /// <inheritdoc/>
    public string Path => _map.Path;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries => _entries;

    /// <summary>Maps a file and reads its pickle.</summary>
    /// <exception cref="InvalidDataException">There is no such file, or it is refused: the error's
    /// <c>TorchPickleReason()</c> says why. Nothing of it was run.</exception>
    public static TorchPickleFile Open(string path)
    {
        MappedFile map = MappedFile.Open(path);
        try
        {
            var file = new TorchPickleFile(map);
            file.ReadEntries();
            return file;
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
        TensorEntry entry = _entries[name];
        PickledTensor tensor = _tensors[name];
        int width = entry.DType.Bits() / 8;
        IntPtr source = _map.Address + (nint)entry.Offset;
        if (source % width == 0 && IsContiguous(tensor))
        {
            return new TensorData(entry, source, _map.Lease());
        }

        var copy = new NativeBuffer(entry.Length);
        Gather((byte*)source, (byte*)copy.Address, tensor, width);
        return new TensorData(entry, copy.Address, copy);
    }

    /// <inheritdoc/>
    public void Dispose() => _map.Dispose();

    private void ReadEntries()
    {
        var archive = StoredZip.Read(_map);
        string[] pickles = [.. archive.Keys.Where(name => name.EndsWith("/" + PickleName, StringComparison.Ordinal))];
        if (pickles.Length != 1)
        {
            throw Refuse(TorchPickleError.NotACheckpoint, PickleName, "one such entry", $"{pickles.Length}");
        }

        string root = pickles[0][..^PickleName.Length];
        CheckByteOrder(archive, root + "byteorder");
        var (offset, length) = archive[pickles[0]];
        if (length > MaxPickleLength)
        {
            throw Refuse(TorchPickleError.NotACheckpoint, PickleName, $"at most {MaxPickleLength} bytes", $"{length}");
        }

        object? result = new Unpickler(_map.Span(offset, (int)length), _map.Path).Read();
        var tensors = result as Dictionary<string, object?>
            ?? throw Refuse(TorchPickleError.NotACheckpoint, PickleName, "a dictionary of tensors", "another object");
        foreach (var (name, value) in tensors)
        {
            var tensor = value as PickledTensor
                ?? throw Refuse(TorchPickleError.NotACheckpoint, name, "a tensor", value?.GetType().Name ?? "None");
            _tensors.Add(name, tensor);
            _entries.Add(name, Entry(name, tensor, archive, root));
        }
    }

    private void CheckByteOrder(Dictionary<string, (long Offset, long Length)> archive, string name)
    {
        bool isLittle = !archive.TryGetValue(name, out var place)
            || _map.Span(place.Offset, (int)Math.Min(place.Length, 6)).SequenceEqual("little"u8);
        if (!isLittle)
        {
            throw Refuse(TorchPickleError.NotACheckpoint, "byteorder", "little", "another");
        }
    }

    private TensorEntry Entry(
        string name, PickledTensor tensor, Dictionary<string, (long Offset, long Length)> archive, string root)
    {
        PickledStorage storage = tensor.Storage;
        int width = storage.DType.Bits() / 8;
        if (!archive.TryGetValue($"{root}data/{storage.Key}", out var place))
        {
            throw Refuse(TorchPickleError.BadStorage, name, $"entry data/{storage.Key}", "none");
        }

        if (storage.Count < 0 || storage.Count > place.Length / width)
        {
            throw Refuse(
                TorchPickleError.BadStorage, name, $"{storage.Count} elements in data/{storage.Key}",
                $"{place.Length} bytes");
        }

        try
        {
            CheckBounds(name, tensor);
            long length = checked(TensorShape.Count(tensor.Shape) * width);
            return new TensorEntry(name, storage.DType, tensor.Shape, place.Offset + (tensor.Offset * width), length);
        }
        catch (OverflowException)
        {
            throw Refuse(TorchPickleError.BadStorage, name, "a size below 2^63", TensorShape.Text(tensor.Shape));
        }
    }

    private void CheckBounds(string name, PickledTensor tensor)
    {
        bool isSane = tensor.Shape.Length == tensor.Strides.Length && tensor.Offset >= 0
            && tensor.Shape.All(size => size >= 0) && tensor.Strides.All(stride => stride >= 0);
        long last = isSane ? LastElement(tensor) : long.MaxValue;
        // More elements than the storage has would be an expanded view: a few bytes that unfold to any size.
        bool fits = last <= tensor.Storage.Count && TensorShape.Count(tensor.Shape) <= tensor.Storage.Count;
        if (!isSane || !fits)
        {
            string strides = TensorShape.Text(tensor.Strides);
            string found = $"{TensorShape.Text(tensor.Shape)} with strides {strides} from {tensor.Offset}";
            throw Refuse(TorchPickleError.BadStorage, name, $"a view of {tensor.Storage.Count} elements", found);
        }
    }

    /// <summary>Elements of the storage up to the view's last one.</summary>
    private static long LastElement(PickledTensor tensor)
    {
        if (TensorShape.Count(tensor.Shape) == 0)
        {
            return tensor.Offset;
        }

        long last = tensor.Offset;
        for (int axis = 0; axis < tensor.Shape.Length; axis++)
        {
            last = checked(last + ((tensor.Shape[axis] - 1) * tensor.Strides[axis]));
        }

        return checked(last + 1);
    }

    private static bool IsContiguous(PickledTensor tensor)
    {
        long expected = 1;
        for (int axis = tensor.Shape.Length - 1; axis >= 0; axis--)
        {
            if (tensor.Shape[axis] != 1 && tensor.Strides[axis] != expected)
            {
                return TensorShape.Count(tensor.Shape) == 0;
            }

            expected *= tensor.Shape[axis];
        }

        return true;
    }

    // Row-major walk over the strided view; bytes, since the element type does not matter.
    private static void Gather(byte* source, byte* target, PickledTensor tensor, int width)
    {
        long[] index = new long[tensor.Shape.Length];
        long count = TensorShape.Count(tensor.Shape);
        long element = 0;
        for (long i = 0; i < count; i++)
        {
            Buffer.MemoryCopy(source + (element * width), target + (i * width), width, width);
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                element += tensor.Strides[axis];
                if (++index[axis] < tensor.Shape[axis])
                {
                    break;
                }

                element -= tensor.Strides[axis] * tensor.Shape[axis];
                index[axis] = 0;
            }
        }
    }

    private InvalidDataException Refuse(TorchPickleError reason, string subject, string expected, string found) =>
        TorchPickleErrors.Refuse(reason, subject, expected, found, _map.Path);
}
