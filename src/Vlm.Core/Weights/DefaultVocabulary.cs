namespace Vlm.Core.Weights;

/// <summary>The small SentencePiece vocabulary of this repository (<c>assets/vocab</c>), which random checkpoints
/// get.</summary>
public static class DefaultVocabulary
{
    /// <summary>File name of a SentencePiece model in every checkpoint.</summary>
    public const string FileName = "tokenizer.model";

    private const int PiecesTag = (1 << 3) | 2; // ModelProto.pieces = field 1, length-delimited

    /// <summary>Finds the file beside the program or in the checkout above it.</summary>
    /// <exception cref="FileNotFoundException">Neither place has it.</exception>
    public static string Find() => RepositoryFiles.Find("assets", "vocab", FileName) ?? throw new FileNotFoundException(
        $"assets/vocab/{FileName}: expected beside the program or in the checkout above " +
        $"{AppContext.BaseDirectory}, found in neither.");

    /// <summary>Number of pieces, counted in the file's protocol buffer without loading the native library.</summary>
    /// <exception cref="InvalidDataException">The file is no SentencePiece model.</exception>
    public static int CountPieces(string path)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        int pieces = 0;
        while (!bytes.IsEmpty)
        {
            ulong tag = Varint(ref bytes, path);
            pieces += tag == PiecesTag ? 1 : 0;
            Skip(ref bytes, tag, path);
        }

        return pieces > 0 ? pieces : throw Bad(path);
    }

    private static void Skip(ref ReadOnlySpan<byte> bytes, ulong tag, string path)
    {
        ulong length = (tag & 7) switch
        {
            0 => Varint(ref bytes, path) & 0, // The value itself is the field.
            1 => 8,
            2 => Varint(ref bytes, path),
            5 => 4,
            _ => throw Bad(path),
        };
        if (length > (ulong)bytes.Length)
        {
            throw Bad(path);
        }

        bytes = bytes[(int)length..];
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes, string path)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64 && !bytes.IsEmpty; shift += 7)
        {
            byte next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Bad(path);
    }

    private static InvalidDataException Bad(string path) =>
        new($"{path}: expected a SentencePiece model, found other bytes.");
}
