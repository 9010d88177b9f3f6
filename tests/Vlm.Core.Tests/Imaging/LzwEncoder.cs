namespace Vlm.Core.Tests.Imaging;

/// <summary>A plain GIF LZW encoder that never clears its table, as a counterpart for the decoder.</summary>
internal static class LzwEncoder
{
    internal static byte[] Encode(byte[] pixels, int codeBits)
    {
        int clear = 1 << codeBits;
        Dictionary<(int Prefix, byte Next), int> table = [];
        List<byte> bytes = [];
        int held = 0, bits = 0, width = codeBits + 1, next = clear + 2;
        void Write(int code)
        {
            held |= code << bits;
            for (bits += width; bits >= 8; bits -= 8, held >>= 8)
            {
                bytes.Add((byte)held);
            }
        }

        Write(clear);
        int prefix = pixels[0];
        foreach (byte pixel in pixels[1..])
        {
            if (table.TryGetValue((prefix, pixel), out int known))
            {
                prefix = known;
                continue;
            }

            Write(prefix);
            if (next < 4096)
            {
                table[(prefix, pixel)] = next;
                // The decoder learns this code one step later, so the width grows when the code no longer fits.
                width += next++ == 1 << width ? 1 : 0;
            }

            prefix = pixel;
        }

        Write(prefix);
        Write(clear + 1);
        bytes.Add((byte)held);
        return [.. bytes];
    }
}
