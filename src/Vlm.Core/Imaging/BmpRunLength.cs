namespace Vlm.Core.Imaging;

/// <summary>Run-length coded rows of 4 or 8 bits per pixel, unpacked to plain rows; gaps get colour 0.</summary>
internal ref struct BmpRunLength
{
    private const int EndOfLine = 0;
    private const int EndOfBitmap = 1;
    private const int Delta = 2;

    private readonly BmpHeader _header;
    private readonly ReadOnlySpan<byte> _data;
    private readonly byte[] _rows;
    private int _at;
    private int _x;
    private int _y;

    private BmpRunLength(BmpHeader header, ReadOnlySpan<byte> data)
    {
        _header = header;
        _data = data;
        _rows = new byte[header.Stride * header.Height];
    }

    /// <exception cref="ImageException">Truncated: the codes end before the rows do.</exception>
    internal static byte[] Decode(BmpHeader header, ReadOnlySpan<byte> data)
    {
        BmpRunLength decoder = new(header, data);
        while (!decoder.IsFull && decoder.Step())
        {
        }

        return decoder._rows;
    }

    private readonly bool IsFull => _y >= _header.Height || (_y == _header.Height - 1 && _x >= _header.Width);

    // False at the end of the bitmap.
    private bool Step()
    {
        int count = Next();
        int value = Next();
        if (count > 0)
        {
            for (int i = 0; i < count; i++)
            {
                Put(_header.Bits == 8 ? value : (value >> (4 - (i % 2 * 4))) & 0xF);
            }

            return true;
        }

        switch (value)
        {
            case EndOfLine:
                (_x, _y) = (0, _y + 1);
                return true;
            case EndOfBitmap:
                return false;
            case Delta:
                (_x, _y) = (_x + Next(), _y + Next());
                return true;
            default:
                Copy(value);
                return true;
        }
    }

    // Pixels as they are, padded to an even number of bytes.
    private void Copy(int count)
    {
        int held = 0;
        for (int i = 0; i < count; i++)
        {
            bool isSecondHalf = _header.Bits == 4 && i % 2 == 1;
            held = isSecondHalf ? held : Next();
            Put(_header.Bits == 8 ? held : isSecondHalf ? held & 0xF : held >> 4);
        }

        int taken = _header.Bits == 8 ? count : (count + 1) / 2;
        _at += taken & 1;
    }

    // What leaves the row is dropped.
    private void Put(int index)
    {
        if (_x < _header.Width && _y < _header.Height)
        {
            int at = _y * _header.Stride;
            if (_header.Bits == 8)
            {
                _rows[at + _x] = (byte)index;
            }
            else
            {
                _rows[at + (_x / 2)] |= (byte)(index << (4 - (_x % 2 * 4)));
            }
        }

        _x++;
    }

    private int Next() => _at < _data.Length
        ? _data[_at++]
        : throw ImageException.Truncated("BMP", $"an end in row {_y} of {_header.Height}");
}
