namespace Vlm.Core.Engine.Constraints;

/// <summary>A set of bytes.</summary>
internal readonly record struct ByteSet(ulong A, ulong B, ulong C, ulong D)
{
    public static ByteSet Of(byte value) => Range(value, value);

    /// <summary>All from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public static ByteSet Range(byte first, byte last)
    {
        Span<ulong> words = stackalloc ulong[4];
        for (int value = first; value <= last; value++)
        {
            words[value >> 6] |= 1UL << (value & 63);
        }

        return new ByteSet(words[0], words[1], words[2], words[3]);
    }

    /// <summary>The bytes of a text in ASCII.</summary>
    public static ByteSet Any(string ascii) =>
        ascii.Aggregate(default(ByteSet), (set, character) => set.Or(Of((byte)character)));

    public ByteSet Or(ByteSet other) => new(A | other.A, B | other.B, C | other.C, D | other.D);

    public ByteSet Without(ByteSet other) => new(A & ~other.A, B & ~other.B, C & ~other.C, D & ~other.D);

    public bool Contains(byte value)
    {
        var word = (value >> 6) switch { 0 => A, 1 => B, 2 => C, _ => D };
        return (word & (1UL << (value & 63))) != 0;
    }
}
