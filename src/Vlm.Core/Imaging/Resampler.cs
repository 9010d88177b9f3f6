namespace Vlm.Core.Imaging;

/// <summary>A window of a resized picture: the whole would be Width x Height.</summary>
internal readonly record struct ResampleWindow(int Width, int Height, int Left, int Top, int Size);

/// <summary>
/// Pillow's bicubic resize with antialiasing, bit for bit (llava.md 5.5): horizontal pass to bytes, vertical pass to
/// bytes, a pass without change of size skipped. Only what the window needs is computed, which changes no byte.
/// </summary>
/// <param name="useVectors">False forces the plain loops; the results are the same.</param>
/// <param name="maxThreads">Upper bound of threads per picture.</param>
internal sealed unsafe class Resampler(bool useVectors, int maxThreads)
{
    // Below this many bytes read, starting threads costs more than it brings.
    private const int ParallelBytes = 1 << 20;

    /// <returns>Size x Size pixels.</returns>
    internal RgbImage Resize(ImageCanvas canvas, ResampleWindow window)
    {
        ResampleAxis? vertical = window.Height == canvas.Height
            ? null
            : new(canvas.Height, window.Height, window.Top, window.Size);
        int firstRow = vertical?.FirstInput ?? window.Top;
        int rows = (vertical?.EndInput ?? (window.Top + window.Size)) - firstRow;
        byte[] narrow = ResizeRows(canvas, window, firstRow, rows);
        return new(window.Size, window.Size, vertical is null ? narrow : ResizeColumns(narrow, vertical, window.Size));
    }

    private byte[] ResizeRows(ImageCanvas canvas, ResampleWindow window, int firstRow, int rows)
    {
        byte[] narrow = GC.AllocateUninitializedArray<byte>(rows * window.Size * RgbImage.Channels);
        ResampleRows? pass = window.Width == canvas.Width
            ? null
            : new(new ResampleAxis(canvas.Width, window.Width, window.Left, window.Size), useVectors);
        int steps = (rows + ResampleRows.RowsPerStep - 1) / ResampleRows.RowsPerStep;
        ForRange(steps, (long)rows * canvas.Width * RgbImage.Channels, (from, to) =>
        {
            int start = from * ResampleRows.RowsPerStep;
            int end = Math.Min(to * ResampleRows.RowsPerStep, rows);
            if (pass is null)
            {
                CopyRows(canvas, window, firstRow, start, end, narrow);
            }
            else
            {
                ResizeRows(canvas, pass, firstRow, start, end, window.Size, narrow);
            }
        });
        return narrow;
    }

    private static void CopyRows(
        ImageCanvas canvas, ResampleWindow window, int firstRow, int start, int end, byte[] narrow)
    {
        byte[] line = new byte[canvas.Width * RgbImage.Channels];
        int length = window.Size * RgbImage.Channels;
        for (int row = start; row < end; row++)
        {
            canvas.CopyRow(firstRow + row, line);
            line.AsSpan(window.Left * RgbImage.Channels, length).CopyTo(narrow.AsSpan(row * length));
        }
    }

    private static void ResizeRows(
        ImageCanvas canvas, ResampleRows pass, int firstRow, int start, int end, int size, byte[] narrow)
    {
        int stride = (canvas.Width * RgbImage.Channels) + ResampleRows.Slack;
        byte[] lines = new byte[stride * ResampleRows.RowsPerStep];
        byte** sources = stackalloc byte*[ResampleRows.RowsPerStep];
        byte** targets = stackalloc byte*[ResampleRows.RowsPerStep];
        fixed (byte* line = lines, pixels = canvas.Image.Pixels, target = narrow)
        {
            int held = 0;
            for (int row = start; row < end; row++)
            {
                int y = firstRow + row;
                byte* to = target + ((long)row * size * RgbImage.Channels);
                if (canvas.IsGround(y))
                {
                    // Weights sum to one closely enough that one colour stays itself.
                    canvas.FillGround(new Span<byte>(to, size * RgbImage.Channels));
                    continue;
                }

                sources[held] = Source(canvas, y, pixels, line + (held * stride), stride);
                targets[held++] = to;
                if (held == ResampleRows.RowsPerStep)
                {
                    pass.Run(sources, targets, held);
                    held = 0;
                }
            }

            pass.Run(sources, targets, held);
        }
    }

    // The picture's own row where it may be read a little beyond its end, else a copy.
    private static byte* Source(ImageCanvas canvas, int y, byte* pixels, byte* line, int stride)
    {
        long offset = (long)(y - canvas.Top) * canvas.Image.RowBytes;
        if (canvas.HasWholeRows && offset + stride <= canvas.Image.Pixels.Length)
        {
            return pixels + offset;
        }

        canvas.CopyRow(y, new Span<byte>(line, stride));
        return line;
    }

    private byte[] ResizeColumns(byte[] narrow, ResampleAxis axis, int size)
    {
        int rowBytes = size * RgbImage.Channels;
        byte[] result = GC.AllocateUninitializedArray<byte>(size * rowBytes);
        ForRange(size, narrow.Length, (from, to) =>
        {
            fixed (byte* source = narrow, target = result)
            {
                for (int y = from; y < to; y++)
                {
                    byte* rows = source + ((axis.Start(y) - axis.FirstInput) * rowBytes);
                    ResampleColumns.Run(rows, rowBytes, axis.Weights(y), target + (y * rowBytes), useVectors);
                }
            }
        });
        return result;
    }

    private void ForRange(int count, long bytes, Action<int, int> run)
    {
        int parts = (int)Math.Min(Math.Min(maxThreads, count), bytes / ParallelBytes);
        if (parts <= 1)
        {
            run(0, count);
            return;
        }

        Parallel.For(0, parts, part => run((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts)));
    }
}
