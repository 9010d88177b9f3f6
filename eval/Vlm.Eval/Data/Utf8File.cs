using System.Text;
using System.Text.Unicode;

namespace Vlm.Eval.Data;

/// <summary>Files that must be UTF-8, read with one character for each byte and decoded piece by piece, so that an error can name its place.</summary>
internal static class Utf8File
{
    private static ReadOnlySpan<byte> Mark => "\uFEFF"u8;

    /// <summary>A reader of one character for each byte behind the byte order mark; decode what it gives.</summary>
    public static StreamReader Open(string path) => Open(File.OpenRead(path));

    /// <summary>The same of a stream at its start, which the reader leaves open where asked. A pipe must not begin with the mark.</summary>
    public static StreamReader Open(Stream stream, bool leaveOpen = false)
    {
        if (stream.CanSeek)
        {
            byte[] start = new byte[Mark.Length];
            stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            stream.Position = start.AsSpan().SequenceEqual(Mark) ? start.Length : 0;
        }

        return new StreamReader(stream, Encoding.Latin1, detectEncodingFromByteOrderMarks: false, leaveOpen: leaveOpen);
    }

    /// <summary>The text of some bytes as characters; null where they are not UTF-8.</summary>
    public static string? Decode(string bytes)
    {
        if (Ascii.IsValid(bytes))
        {
            return bytes;
        }

        byte[] content = Encoding.Latin1.GetBytes(bytes);
        return Utf8.IsValid(content) ? Encoding.UTF8.GetString(content) : null;
    }
}
