using System.IO.MemoryMappedFiles;
using Vlm.Torch;

namespace Vlm.Core.Weights;

/// <summary>A whole file mapped read-only; it stays mapped until it is disposed and every lease is returned.</summary>
public sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _pointer;
    private int _references = 1;
    private bool _disposed;

    private MappedFile(string path, MemoryMappedViewAccessor? view, byte* pointer, long length)
    {
        Path = path;
        _view = view;
        _pointer = pointer;
        Length = length;
    }

    /// <summary>Path as given to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>File name without folder, for messages.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Length of the file in bytes.</summary>
    public long Length { get; }

    /// <summary>First byte of the file; valid while the file or a lease of it lives.</summary>
    public IntPtr Address => (IntPtr)_pointer;

    /// <summary>Maps a file. An empty file has length 0 and a null pointer.</summary>
    /// <exception cref="InvalidDataException">The file does not exist.</exception>
    public static MappedFile Open(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new InvalidDataException(
                $"{file.Name}: file missing: expected it in {file.DirectoryName}, found no such file.");
        }

        if (file.Length == 0)
        {
            return new MappedFile(path, null, null, 0);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        long length = stream.Length;
        using var map = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        var view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        pointer += view.PointerOffset;
        MappedMemory.WantHugePages((IntPtr)pointer, length);
        return new MappedFile(path, view, pointer, length);
    }

    /// <summary>Bytes <paramref name="offset"/> .. <paramref name="offset"/> + <paramref name="length"/>.</summary>
    public ReadOnlySpan<byte> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
        return new ReadOnlySpan<byte>(_pointer + offset, length);
    }

    /// <summary>Keeps the mapping alive until the result is disposed or collected.</summary>
    public IDisposable Lease()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Interlocked.Increment(ref _references);
        return new LeaseToken(this);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Release();
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0 && _view is not null)
        {
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
        }
    }

    // The finalizer covers an owner that only drops its reference instead of disposing it.
    private sealed class LeaseToken(MappedFile file) : IDisposable
    {
        private int _returned;

        ~LeaseToken() => Return();

        public void Dispose()
        {
            Return();
            GC.SuppressFinalize(this);
        }

        private void Return()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                file.Release();
            }
        }
    }
}
