using System.Buffers;
using System.Text;

namespace Vlm.Core.Text;

/// <summary>
/// Segments by byte-pair merges with byte fallback, from a <c>tokenizer.json</c> that comes without
/// <c>tokenizer.model</c> (llava.md 7.2). Merge order is that of huggingface/tokenizers (models/bpe/word.rs): lowest
/// rank first, leftmost on ties.
/// </summary>
internal sealed class BpeEncoder : ISegmentEncoder
{
    private readonly Dictionary<(int Left, int Right), Merge> _merges;
    private readonly Dictionary<Rune, int> _runes = [];
    private readonly int[] _bytes = new int[256];

    /// <param name="vocabulary">Pieces; every byte must have one.</param>
    /// <param name="merges">Pairs of ids in order of rank, with the id they become.</param>
    public BpeEncoder(Vocabulary vocabulary, IEnumerable<(int Left, int Right, int Merged)> merges)
    {
        for (int id = 0; id < vocabulary.Size; id++)
        {
            if (vocabulary.Byte(id) is { } value)
            {
                _bytes[value] = id;
            }
            else if (vocabulary.IsNormal(id) && TryGetOnlyRune(vocabulary.Piece(id), out Rune rune))
            {
                _runes[rune] = id;
            }
        }

        // A merge into a special or byte piece would let a text spell that token.
        _merges = [];
        foreach ((int left, int right, int merged) in merges.Where(merge => vocabulary.IsNormal(merge.Merged)))
        {
            _merges.TryAdd((left, right), new Merge(_merges.Count, merged));
        }
    }

    public int[] Encode(string text, bool prefix)
    {
        if (text.Length == 0)
        {
            return [];
        }

        List<int> symbols = new(text.Length + 1);
        AddSymbols(symbols, prefix ? Vocabulary.Mark + text : text);
        return new Chain(_merges, symbols).MergeAll();
    }

    private void AddSymbols(List<int> symbols, string text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in text.EnumerateRunes())
        {
            Rune symbol = rune.Value == ' ' ? new Rune(Vocabulary.Mark) : rune;
            if (_runes.TryGetValue(symbol, out int id))
            {
                symbols.Add(id);
                continue;
            }

            foreach (byte value in utf8[..symbol.EncodeToUtf8(utf8)])
            {
                symbols.Add(_bytes[value]);
            }
        }
    }

    private static bool TryGetOnlyRune(string piece, out Rune rune) =>
        Rune.DecodeFromUtf16(piece, out rune, out int length) == OperationStatus.Done && length == piece.Length;

    private readonly record struct Merge(int Rank, int Id);

    /// <summary>Symbols as a linked list with a heap of possible merges: n log n for n symbols.</summary>
    private sealed class Chain
    {
        private const int None = -1;
        private readonly Dictionary<(int Left, int Right), Merge> _merges;
        private readonly int[] _ids; // None once merged into its left neighbour
        private readonly int[] _previous;
        private readonly int[] _next;
        private readonly PriorityQueue<(int Position, int Id), (int Rank, int Position)> _heap = new();

        public Chain(Dictionary<(int Left, int Right), Merge> merges, List<int> symbols)
        {
            _merges = merges;
            _ids = [.. symbols];
            _previous = [.. Enumerable.Range(-1, _ids.Length)];
            _next = [.. Enumerable.Range(1, _ids.Length)];
            _next[^1] = None;
            for (int position = 0; position < _ids.Length; position++)
            {
                Offer(position);
            }
        }

        public int[] MergeAll()
        {
            while (_heap.TryDequeue(out (int Position, int Id) entry, out _))
            {
                if (Find(entry.Position) is { } merge && merge.Id == entry.Id)
                {
                    Join(entry.Position, merge.Id);
                }
            }

            return [.. _ids.Where(id => id != None)];
        }

        private void Join(int position, int id)
        {
            int removed = _next[position];
            _ids[position] = id;
            _ids[removed] = None;
            _next[position] = _next[removed];
            if (_next[position] != None)
            {
                _previous[_next[position]] = position;
            }

            Offer(_previous[position]);
            Offer(position);
        }

        private void Offer(int position)
        {
            if (Find(position) is { } merge)
            {
                _heap.Enqueue((position, merge.Id), (merge.Rank, position));
            }
        }

        private Merge? Find(int position) =>
            position != None && _ids[position] != None && _next[position] != None
            && _merges.TryGetValue((_ids[position], _ids[_next[position]]), out Merge merge)
                ? merge
                : null;
    }
}
