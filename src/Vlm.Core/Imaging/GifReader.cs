using System.Buffers.Binary;

namespace Vlm.Core.Imaging;

/// <summary>
/// The first frame of a GIF (specification 89a), as Pillow renders it: transparent pixels keep their palette colour,
/// the screen outside the frame has the transparent colour or colour 0, and it grows where the frame leaves it.
/// libvips clears the colour of transparent pixels, so it cannot be used here.
/// </summary>
internal ref struct GifReader
{
    private const int ScreenHeader = 13;
    private const int FrameHeader = 9;
    private const byte Extension = 0x21;
    private const byte Frame = 0x2C;
    private const byte Trailer = 0x3B;
    private const byte GraphicControl = 0xF9;
    private const byte HasPalette = 0x80;
    private const byte IsInterlaced = 0x40;

    private readonly ReadOnlySpan<byte> _bytes;
    private int _at;
    private int _transparent;

    private GifReader(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
        _transparent = -1;
    }

    /// <exception cref="ImageException">The file is cut or damaged, or above a limit.</exception>
    internal static RgbImage Read(ReadOnlySpan<byte> bytes, ImageLimits limits) => new GifReader(bytes).Read(limits);

    private RgbImage Read(ImageLimits limits)
    {
        ReadOnlySpan<byte> screen = Take(ScreenHeader)[6..];
        int width = BinaryPrimitives.ReadUInt16LittleEndian(screen);
        int height = BinaryPrimitives.ReadUInt16LittleEndian(screen[2..]);
        ReadOnlySpan<byte> palette = TakePalette(screen[4]);
        SkipToFirstFrame();
        ReadOnlySpan<byte> frame = Take(FrameHeader);
        int left = BinaryPrimitives.ReadUInt16LittleEndian(frame);
        int top = BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]);
        int frameWidth = BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]);
        int frameHeight = BinaryPrimitives.ReadUInt16LittleEndian(frame[6..]);
        width = Math.Max(width, left + frameWidth);
        height = Math.Max(height, top + frameHeight);
        limits.CheckSize(width, height);
        limits.CheckSize(frameWidth, frameHeight);
        palette = (frame[8] & HasPalette) != 0 ? TakePalette(frame[8]) : palette;
        GifReader rest = this;
        limits.CheckFrames(rest.CountFrames(limits.MaxFrames + 1));

        byte[] indices = new byte[frameWidth * frameHeight];
        int codeBits = Take(1)[0];
        GifLzw.Decode(_bytes[_at..], codeBits, indices);
        RgbImage image = RgbImage.Create(width, height);
        Palette colours = Palette.FromRgb(palette);
        colours.Fill(image, (byte)Math.Max(_transparent, 0));
        for (int row = 0; row < frameHeight; row++)
        {
            int y = top + ((frame[8] & IsInterlaced) != 0 ? InterlacedRow(row, frameHeight) : row);
            colours.Write(indices.AsSpan(row * frameWidth, frameWidth), image, left, y);
        }

        return image;
    }

    // Stored order of rows: every 8th from 0, every 8th from 4, every 4th from 2, every 2nd from 1.
    private static int InterlacedRow(int row, int height)
    {
        foreach ((int start, int step) in (ReadOnlySpan<(int, int)>)[(0, 8), (4, 8), (2, 4)])
        {
            int rows = (height - start + step - 1) / step;
            if (row < rows)
            {
                return start + (row * step);
            }

            row -= rows;
        }

        return 1 + (row * 2);
    }

    private void SkipToFirstFrame()
    {
        for (byte block = Take(1)[0]; block != Frame; block = Take(1)[0])
        {
            if (block == Extension)
            {
                ReadExtension();
            }
            else if (block == Trailer)
            {
                throw ImageException.Truncated("GIF", "its end before the first frame");
            }
        }
    }

    private void ReadExtension()
    {
        bool isControl = Take(1)[0] == GraphicControl;
        if (isControl && _bytes.Length - _at >= 5)
        {
            _transparent = (_bytes[_at + 1] & 1) != 0 ? _bytes[_at + 4] : -1;
        }

        while (TakeBlock().Length > 0)
        {
        }
    }

    // Frames from the current one on, up to a bound; a file cut behind its first frame is still whole for us.
    private int CountFrames(int bound)
    {
        int frames = 1;
        try
        {
            Take(1);
            while (TakeBlock().Length > 0)
            {
            }

            for (byte block = Take(1)[0]; block != Trailer && frames < bound; block = Take(1)[0])
            {
                if (block is not (Extension or Frame))
                {
                    continue;
                }

                ReadOnlySpan<byte> head = Take(block == Frame ? FrameHeader + 1 : 1);
                if (block == Frame)
                {
                    frames++;
                    _at += (head[8] & HasPalette) != 0 ? PaletteBytes(head[8]) : 0;
                }

                while (TakeBlock().Length > 0)
                {
                }
            }
        }
        catch (ImageException)
        {
            return frames;
        }

        return frames;
    }

    private ReadOnlySpan<byte> TakePalette(byte flags) =>
        (flags & HasPalette) != 0 ? Take(PaletteBytes(flags)) : default;

    private static int PaletteBytes(byte flags) => RgbImage.Channels << ((flags & 7) + 1);

    private ReadOnlySpan<byte> TakeBlock() => Take(Take(1)[0]);

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_at < 0 || count > _bytes.Length - _at)
        {
            throw ImageException.Truncated("GIF", $"an end at byte {_bytes.Length}");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_at, count);
        _at += count;
        return taken;
    }
}
