namespace Vlm.Core.Imaging;

/// <summary>GIF's variant of LZW (specification 89a, appendix F): codes of growing width in sub-blocks.</summary>
internal static class GifLzw
{
    private const int MaxCodes = 4096;
    private const int MaxBits = 12;

    /// <summary>Fills <paramref name="pixels"/> from the sub-blocks that open <paramref name="blocks"/>.</summary>
    /// <exception cref="ImageException">Truncated when the codes end early, Corrupt for an impossible code.</exception>
    internal static void Decode(ReadOnlySpan<byte> blocks, int codeBits, Span<byte> pixels)
    {
        if (codeBits is < 1 or > 8)
        {
            throw ImageException.Corrupt("GIF", $"a code size of {codeBits} bits");
        }

        int clear = 1 << codeBits;
        Span<ushort> prefix = stackalloc ushort[MaxCodes];
        Span<byte> suffix = stackalloc byte[MaxCodes];
        Span<byte> first = stackalloc byte[MaxCodes];
        Span<byte> stack = stackalloc byte[MaxCodes];
        for (int i = 0; i < clear; i++)
        {
            suffix[i] = first[i] = (byte)i;
        }

        BitReader bits = new(blocks);
        int next = clear + 2, width = codeBits + 1, previous = -1, filled = 0;
        while (filled < pixels.Length)
        {
            int code = bits.Read(width);
            if (code == clear)
            {
                (next, width, previous) = (clear + 2, codeBits + 1, -1);
                continue;
            }

            if (code < 0 || code == clear + 1)
            {
                throw ImageException.Truncated("GIF", $"{filled} of {pixels.Length} pixels in its first frame");
            }

            if (code > next || (code == next && previous < 0) || (previous < 0 && code >= clear))
            {
                throw ImageException.Corrupt("GIF", $"code {code} where {next} codes are known");
            }

            int depth = 0;
            int at = code;
            if (code == next)
            {
                stack[depth++] = first[previous];
                at = previous;
            }

            for (; at >= clear; at = prefix[at])
            {
                stack[depth++] = suffix[at];
            }

            stack[depth++] = suffix[at];
            byte head = suffix[at];
            while (depth > 0 && filled < pixels.Length)
            {
                pixels[filled++] = stack[--depth];
            }

            if (previous >= 0 && next < MaxCodes)
            {
                (prefix[next], suffix[next], first[next]) = ((ushort)previous, head, first[previous]);
                next++;
                width += next == 1 << width && width < MaxBits ? 1 : 0;
            }

            previous = code;
        }
    }

    private ref struct BitReader(ReadOnlySpan<byte> blocks)
    {
        private readonly ReadOnlySpan<byte> _blocks = blocks;
        private int _at;
        private int _blockEnd;
        private int _held;
        private int _heldBits;

        // -1 at the end of the data.
        internal int Read(int width)
        {
            while (_heldBits < width)
            {
                if (_at == _blockEnd && !NextBlock())
                {
                    return -1;
                }

                _held |= _blocks[_at++] << _heldBits;
                _heldBits += 8;
            }

            int code = _held & ((1 << width) - 1);
            _held >>= width;
            _heldBits -= width;
            return code;
        }

        private bool NextBlock()
        {
            if (_at >= _blocks.Length || _blocks[_at] == 0)
            {
                return false;
            }

            _blockEnd = Math.Min(_at + 1 + _blocks[_at], _blocks.Length);
            _at++;
            return _at < _blockEnd;
        }
    }
}
