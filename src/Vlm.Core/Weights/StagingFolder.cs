namespace Vlm.Core.Weights;

/// <summary>A folder that is filled under another name and appears under its own only when it is complete.</summary>
internal sealed class StagingFolder : IDisposable
{
    private readonly string _target;
    private bool _isCommitted;

    private StagingFolder(string target, string path)
    {
        _target = target;
        Path = path;
        AppDomain.CurrentDomain.ProcessExit += RemoveAtExit;
    }

    /// <summary>Where to write.</summary>
    public string Path { get; }

    /// <summary>Makes the staging folder beside the target.</summary>
    /// <exception cref="InvalidDataException">The target exists and is not an empty folder.</exception>
    public static StagingFolder Create(string target)
    {
        string full = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(target));
        if (File.Exists(full) || (Directory.Exists(full) && Directory.EnumerateFileSystemEntries(full).Any()))
        {
            throw new InvalidDataException($"{target}: expected a new or empty folder, found one with content.");
        }

        string path = $"{full}.partial-{Guid.NewGuid():N}";
        Directory.CreateDirectory(path);
        return new StagingFolder(full, path);
    }

    /// <summary>Gives the folder its name.</summary>
    public void Commit()
    {
        if (Directory.Exists(_target))
        {
            Directory.Delete(_target); // Only ever an empty folder: this call does not delete others.
        }

        Directory.Move(Path, _target);
        _isCommitted = true;
    }

    /// <summary>Removes what was written unless it was committed.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= RemoveAtExit;
        if (!_isCommitted)
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    // The process may end while a tensor of gigabytes is still being written.
    private void RemoveAtExit(object? sender, EventArgs e)
    {
        try
        {
            Dispose();
        }
        catch (IOException)
        {
            // The writer was just removing it, or adds a file to it: nothing more can be done on the way out.
        }
    }
}
