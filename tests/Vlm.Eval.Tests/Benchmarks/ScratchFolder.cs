namespace Vlm.Eval.Tests.Benchmarks;

/// <summary>A folder of a test's own, deleted with it.</summary>
internal sealed class ScratchFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("vlm eval ").FullName;

    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>A file with this content.</summary>
    public string Write(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), content);
        return At(name);
    }

    /// <summary>A file with some of the lines of another.</summary>
    public string Lines(string name, string source, Func<int, bool> keeps) =>
        Write(name, string.Concat(File.ReadAllLines(source).Where((_, i) => keeps(i)).Select(line => line + "\n")));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
