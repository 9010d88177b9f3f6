using System.Buffers.Binary;
using System.Text;

namespace Vlm.Core.Weights;

/// <summary>Raw bytes of a file entry <c>data/KEY</c>, named by a persistent id.</summary>
internal sealed record PickledStorage(TensorDType DType, string Key, long Count);

/// <summary>The arguments of <c>_rebuild_tensor_v2</c>: a strided view of a storage, in elements.</summary>
internal sealed record PickledTensor(PickledStorage Storage, long Offset, long[] Shape, long[] Strides);

/// <summary>
/// Reads pickle protocol 2 of a state dictionary and nothing else (llava.md 10.3). It never looks up or calls anything:
/// the few allowed globals
/// are compared as text and turned into records.
/// </summary>
internal ref struct Unpickler(ReadOnlySpan<byte> bytes, string file)
{
    private const string RebuildTensor = "torch._utils._rebuild_tensor_v2";
    private const string OrderedDictionary = "collections.OrderedDict";

    private static readonly Dictionary<string, TensorDType> StorageTypes = new()
    {
        ["torch.HalfStorage"] = TensorDType.F16,
        ["torch.BFloat16Storage"] = TensorDType.BF16,
        ["torch.FloatStorage"] = TensorDType.F32,
        ["torch.LongStorage"] = TensorDType.I64,
        ["torch.IntStorage"] = TensorDType.I32,
        ["torch.ByteStorage"] = TensorDType.U8,
    };

    private static readonly object Mark = new();
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _at;

    /// <summary>Runs the instructions; the result is the top of the stack at STOP.</summary>
    /// <exception cref="InvalidDataException">A forbidden global or instruction, or nonsense.</exception>
    public object? Read()
    {
        while (true)
        {
            int at = _at;
            byte opcode = Take(1)[0];
            switch (opcode)
            {
                case (byte)'.':
                    return Pop();
                case 0x80: // PROTO
                    byte version = Take(1)[0];
                    Expect(version == 2, "protocol 2", $"protocol {version}");
                    break;
                default:
                    Step(opcode, at);
                    break;
            }
        }
    }

    private void Step(byte opcode, int at)
    {
        switch ((char)opcode)
        {
            case '(': Push(Mark); break;
            case '}': Push(new Dictionary<string, object?>()); break;
            case ')': Push(Array.Empty<object?>()); break;
            case 't': Push(PopToMark()); break;
            case '\x85': Push(PopMany(1)); break;
            case '\x86': Push(PopMany(2)); break;
            case '\x87': Push(PopMany(3)); break;
            case 'N': Push(null); break;
            case '\x88': Push(true); break;
            case '\x89': Push(false); break;
            case 'K': Push((long)Take(1)[0]); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2))); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Take(4))); break;
            case '\x8a': Push(TakeLong()); break;
            case 'X': Push(TakeText()); break;
            case 'q': _memo[Take(1)[0]] = Peek(); break;
            case 'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Peek(); break;
            case 'h': Push(Recall(Take(1)[0])); break;
            case 'j': Push(Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)))); break;
            case 'c': Push(TakeGlobal()); break;
            case 'Q': Push(Storage(Pop())); break;
            case 'R': Reduce(); break;
            case 's': SetItems(PopMany(2)); break;
            case 'u': SetItems(PopToMark()); break;
            case 'b': Build(); break;
            default:
                string found = $"0x{opcode:x2} at byte {at}";
                throw Error(TorchPickleError.ForbiddenOpcode, "instructions of a state dictionary", found);
        }
    }

    private string TakeGlobal()
    {
        string name = $"{TakeLine()}.{TakeLine()}";
        bool isAllowed = name is RebuildTensor or OrderedDictionary || StorageTypes.ContainsKey(name);
        return isAllowed
            ? GlobalPrefix + name
            : throw Error(TorchPickleError.ForbiddenGlobal, "only tensors and dictionaries", name);
    }

    // Marks a global on the stack, so that a plain text cannot pass for one.
    private const string GlobalPrefix = "\0global ";

    private void Reduce()
    {
        object?[] arguments = Tuple(Pop());
        string function = Pop() as string ?? "";
        if (function == GlobalPrefix + OrderedDictionary && arguments.Length == 0)
        {
            Push(new Dictionary<string, object?>());
        }
        else if (function == GlobalPrefix + RebuildTensor)
        {
            Push(Tensor(arguments));
        }
        else
        {
            throw Error(TorchPickleError.Malformed, "a call of OrderedDict() or _rebuild_tensor_v2", "another call");
        }
    }

    // State dictionaries carry version numbers as an attribute (_metadata); nothing here needs them.
    private void Build()
    {
        bool isDictionary = Pop() is Dictionary<string, object?> && Peek() is Dictionary<string, object?>;
        Expect(isDictionary, "attributes of a dictionary", "another object");
    }

    private readonly PickledTensor Tensor(object?[] arguments)
    {
        // storage, offset, size, stride, requires_grad, hooks
        bool fits = arguments.Length == 6 && arguments[0] is PickledStorage && arguments[1] is long
            && arguments[4] is bool && arguments[5] is Dictionary<string, object?> { Count: 0 };
        Expect(
            fits, "storage, offset, size, stride, requires_grad and no hooks", "other arguments of _rebuild_tensor_v2");
        return new PickledTensor(
            (PickledStorage)arguments[0]!, (long)arguments[1]!, Integers(arguments[2]), Integers(arguments[3]));
    }

    private readonly PickledStorage Storage(object? id)
    {
        object?[] parts = Tuple(id);
        bool fits = parts.Length == 5 && parts[0] is "storage" && parts[1] is string && parts[2] is string
            && parts[3] is string && parts[4] is long;
        Expect(fits, "(\"storage\", type, key, location, count)", "another persistent id");
        string type = (string)parts[1]!;
        TensorDType dtype = default;
        bool isKnown = type.StartsWith(GlobalPrefix, StringComparison.Ordinal)
            && StorageTypes.TryGetValue(type[GlobalPrefix.Length..], out dtype);
        Expect(isKnown, "a storage type", "another object");
        return new PickledStorage(dtype, (string)parts[2]!, (long)parts[4]!);
    }

    private readonly void SetItems(object?[] items)
    {
        var target = Peek() as Dictionary<string, object?>;
        Expect(target is not null && items.Length % 2 == 0, "keys and values of a dictionary", "another object");
        for (int i = 0; i < items.Length; i += 2)
        {
            string? key = items[i] as string;
            Expect(key is not null, "texts as keys", "another key");
            Expect(target!.TryAdd(key!, items[i + 1]), $"key {key} once", "it again");
        }
    }

    private readonly long[] Integers(object? value)
    {
        object?[] items = Tuple(value);
        Expect(items.All(item => item is long), "a tuple of integers", "another tuple");
        return [.. items.Select(item => (long)item!)];
    }

    private readonly object?[] Tuple(object? value) =>
        value as object?[] ?? throw Error(TorchPickleError.Malformed, "a tuple", "another object");

    private long TakeLong()
    {
        int length = Take(1)[0];
        Expect(length <= 8, "integers of 64 bits", $"one of {length} bytes");
        long value = 0;
        var digits = Take(length);
        for (int i = 0; i < length; i++)
        {
            value |= (long)digits[i] << (8 * i);
        }

        int unused = 64 - (8 * length);
        return length is 0 or 8 ? value : value << unused >> unused; // Two's complement of the given length.
    }

    private string TakeText()
    {
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        Expect(length <= int.MaxValue, "a text within the file", $"{length} bytes");
        string text = Encoding.UTF8.GetString(Take((int)length));
        Expect(!text.StartsWith('\0'), "a name", "a text that starts with a zero byte");
        return text;
    }

    private string TakeLine()
    {
        int length = _bytes[_at..].IndexOf((byte)'\n');
        Expect(length >= 0, "the end of a line", "the end of the pickle");
        string line = Encoding.UTF8.GetString(Take(length));
        _at++;
        return line;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        Expect(count <= _bytes.Length - _at, $"{count} more bytes", "the end of the pickle");
        var taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }

    private readonly object? Recall(long index)
    {
        Expect(_memo.TryGetValue(index, out object? value), $"memo {index}", "none");
        return value;
    }

    private readonly void Push(object? value) => _stack.Add(value);

    private readonly object? Peek()
    {
        Expect(_stack.Count > 0 && _stack[^1] != Mark, "a value on the stack", "none");
        return _stack[^1];
    }

    private readonly object? Pop()
    {
        object? value = Peek();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private readonly object?[] PopMany(int count)
    {
        var values = new object?[count];
        for (int i = count - 1; i >= 0; i--)
        {
            values[i] = Pop();
        }

        return values;
    }

    private readonly object?[] PopToMark()
    {
        int mark = _stack.LastIndexOf(Mark);
        Expect(mark >= 0, "a mark on the stack", "none");
        object?[] values = [.. _stack.Skip(mark + 1)];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private readonly void Expect(bool holds, string expected, string found)
    {
        if (!holds)
        {
            throw Error(TorchPickleError.Malformed, expected, found);
        }
    }

    private readonly InvalidDataException Error(TorchPickleError reason, string expected, string found) =>
        TorchPickleErrors.Refuse(reason, "data.pkl", expected, found, file);
}
