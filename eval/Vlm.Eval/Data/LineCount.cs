namespace Vlm.Eval.Data;

/// <summary>Line numbers for messages, counted only when one is needed.</summary>
internal static class LineCount
{
    /// <summary>The line, from 1, that holds a byte of a file.</summary>
    public static int At(string path, long offset)
    {
        using FileStream stream = File.OpenRead(path);
        byte[] buffer = new byte[1 << 16];
        int line = 1;
        for (int read; offset > 0 && (read = stream.Read(buffer, 0, (int)Math.Min(buffer.Length, offset))) > 0; offset -= read)
        {
            line += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return line;
    }
}
