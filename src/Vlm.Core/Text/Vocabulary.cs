using System.Globalization;
using System.Text;
using Vlm.Torch.Media;

namespace Vlm.Core.Text;

/// <summary>The pieces of a tokenizer and what each of them is, wherever they were read from.</summary>
internal sealed class Vocabulary
{
    /// <summary>U+2581, which stands for a space inside pieces.</summary>
    public const char Mark = '\u2581';

    private const short Normal = -1;
    private const short Special = -2;

    private readonly string[] _pieces;
    private readonly string[] _texts; // with spaces; empty for special and byte pieces
    private readonly short[] _kinds; // a byte's value, or one of the two below
    private readonly IReadOnlyDictionary<int, string> _added; // ids at and above Size
    private readonly Dictionary<string, int> _specials = [];

    /// <param name="pieces">Piece of each id.</param>
    /// <param name="isSpecial">Whether an id is skipped by decoding and never encoded from text.</param>
    /// <param name="isByte">Whether an id is a byte piece, named <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</param>
    /// <param name="added">Special tokens behind the pieces.</param>
    public Vocabulary(
        string[] pieces, Func<int, bool> isSpecial, Func<int, bool> isByte, IReadOnlyDictionary<int, string> added)
    {
        _pieces = pieces;
        _added = added;
        _kinds = new short[pieces.Length];
        _texts = new string[pieces.Length];
        for (int id = 0; id < pieces.Length; id++)
        {
            _kinds[id] = isSpecial(id) ? Special : isByte(id) ? ByteValue(pieces[id])!.Value : Normal;
            _texts[id] = _kinds[id] == Normal ? pieces[id].Replace(Mark, ' ') : "";
            if (_kinds[id] == Special)
            {
                _specials[pieces[id]] = id;
            }
        }

        LongestText = Math.Max(1, _texts.Max(text => text.Length));
        foreach ((int id, string name) in added)
        {
            _specials[name] = id;
        }
    }

    /// <summary>Number of pieces, added tokens not counted.</summary>
    public int Size => _pieces.Length;

    /// <summary>Most characters that one id stands for.</summary>
    public int LongestText { get; }

    /// <summary>The vocabulary of a SentencePiece model.</summary>
    public static Vocabulary Of(SentencePieceModel model, IReadOnlyDictionary<int, string> added)
    {
        SentencePieceType[] types = [.. Enumerable.Range(0, model.Size).Select(model.Type)];
        return new Vocabulary(
            [.. Enumerable.Range(0, model.Size).Select(model.Piece)],
            id => types[id] is SentencePieceType.Control or SentencePieceType.Unknown or SentencePieceType.UserDefined,
            id => types[id] == SentencePieceType.Byte,
            added);
    }

    /// <summary>Value of a byte piece's name, null for any other name.</summary>
    public static byte? ByteValue(string piece) =>
        piece is ['<', '0', 'x', _, _, '>']
        && byte.TryParse(
            piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : null;

    /// <summary>
    /// Whether an id has no text of its own: special pieces, added tokens, rows behind them and picture placeholders.
    /// </summary>
    public bool IsSpecial(int id)
    {
        if (id < 0 && id != LlamaTokenizer.ImagePlaceholder)
        {
            throw new ArgumentOutOfRangeException(nameof(id), id, "expected a token id of 0 or more");
        }

        return id < 0 || id >= Size || _kinds[id] == Special;
    }

    /// <summary>Whether an id is an ordinary piece.</summary>
    public bool IsNormal(int id) => _kinds[id] == Normal;

    /// <summary>The byte of a byte piece, null for any other id below <see cref="Size"/>.</summary>
    public byte? Byte(int id) => _kinds[id] >= 0 ? (byte)_kinds[id] : null;

    /// <summary>Text of a piece with spaces for marks, empty for special and byte pieces.</summary>
    public string Text(int id) => _texts[id];

    /// <summary>Name of a piece or added token.</summary>
    public string Piece(int id) =>
        id >= 0 && id < Size ? _pieces[id]
        : _added.TryGetValue(id, out string? name) ? name
        : throw new ArgumentOutOfRangeException(
            nameof(id), id, $"expected a token id below {Size} or of an added token");

    /// <summary>The bytes that a token stands for; a special token stands for its name.</summary>
    public byte[] Bytes(int id) =>
        IsSpecial(id) ? Encoding.UTF8.GetBytes(Piece(id))
        : Byte(id) is { } value ? [value]
        : Encoding.UTF8.GetBytes(Text(id));

    /// <summary>Id of a special token by name, null when there is none.</summary>
    public int? SpecialId(string name) => _specials.TryGetValue(name, out int id) ? id : null;
}
