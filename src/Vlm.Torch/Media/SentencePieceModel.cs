using System.Text;

namespace Vlm.Torch.Media;

/// <summary>
/// A SentencePiece model (<c>tokenizer.model</c>): text to ids, ids to pieces. Safe for use by many threads.
/// </summary>
public sealed unsafe class SentencePieceModel : IDisposable
{
    private readonly SentencePieceHandle _handle;

    private SentencePieceModel(SentencePieceHandle handle)
    {
        _handle = handle;
        Check(SentencePieceNative.vm_sp_size(handle, out long size));
        Size = (int)size;
    }

    /// <summary>Number of pieces.</summary>
    public int Size { get; }

    /// <summary>Loads a model file.</summary>
    /// <exception cref="InvalidDataException">The file is not a SentencePiece model.</exception>
    public static SentencePieceModel Load(string path) => Load(File.ReadAllBytes(path), path);

    /// <summary>Loads a model from the bytes of its file; <paramref name="name"/> names it in errors.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a SentencePiece model.</exception>
    public static SentencePieceModel Load(ReadOnlySpan<byte> bytes, string name)
    {
        return SentencePieceNative.vm_sp_load(bytes, bytes.Length, out IntPtr model) == 0
            ? new SentencePieceModel(new SentencePieceHandle(model))
            : throw new InvalidDataException(
                $"{name}: expected a SentencePiece model, found {bytes.Length} bytes that are none: " +
                $"{SentencePieceNative.LastError()}.");
    }

    /// <summary>
    /// Ids of <paramref name="text"/>; names of control or user-defined symbols in it are ordinary characters.
    /// </summary>
    /// <param name="text">Any text; half surrogate pairs become U+FFFD.</param>
    /// <param name="prefix">Whether a non-empty text gets the mark U+2581 in front, whatever the file says.</param>
    public int[] Encode(string text, bool prefix)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int[] ids = new int[utf8.Length + 4]; // a piece has at least one byte; the mark is at most three byte pieces
        long count = Encode(utf8, prefix, ids);
        if (count > ids.Length)
        {
            ids = new int[count]; // only a normaliser that lengthens the text gets here
            count = Encode(utf8, prefix, ids);
        }

        return ids[..(int)count];
    }

    /// <summary>Text of a piece, with U+2581 for a space.</summary>
    public string Piece(int id) => Lookup(id).Text;

    /// <summary>Merge priority of a piece: higher merges first.</summary>
    public float Score(int id) => Lookup(id).Score;

    /// <summary>What a piece is, as the file says.</summary>
    public SentencePieceType Type(int id) => Lookup(id).Type;

    public void Dispose() => _handle.Dispose();

    private long Encode(byte[] utf8, bool prefix, int[] ids)
    {
        byte withPrefix = prefix ? (byte)1 : (byte)0;
        Check(SentencePieceNative.vm_sp_encode(
            _handle, utf8, utf8.Length, withPrefix, ids, ids.Length, out long count));
        return count;
    }

    private PieceView Lookup(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, Size);
        Check(SentencePieceNative.vm_sp_piece(
            _handle, id, out byte* text, out long length, out float score, out long type));
        PieceView piece = new(Encoding.UTF8.GetString(text, (int)length), score, (SentencePieceType)type);
        GC.KeepAlive(_handle); // the text belongs to the model
        return piece;
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException($"SentencePiece: {SentencePieceNative.LastError()}");
        }
    }

    private readonly record struct PieceView(string Text, float Score, SentencePieceType Type);
}
