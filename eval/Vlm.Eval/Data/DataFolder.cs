namespace Vlm.Eval.Data;

/// <summary>A folder laid out as LLaVA's <c>playground/data/eval</c> (benchmarks.md 1.2).</summary>
public sealed class DataFolder(string root)
{
    public string Root { get; } = root;

    /// <summary>A path below the folder, whether or not it is there.</summary>
    public string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The first of these files that is there.</summary>
    /// <exception cref="InvalidDataException">None is.</exception>
    public string File(params string[] candidates) => Find(candidates) ?? throw new InvalidDataException(
        $"{Path.Combine(Root, candidates[0])}: expected a file, found none" +
        (candidates.Length > 1 ? $", nor {string.Join(", ", candidates[1..])}." : "."));

    /// <summary>The first of these files that is there, or null.</summary>
    public string? Find(params string[] candidates) => candidates.Select(path => At(path)).FirstOrDefault(System.IO.File.Exists);

    /// <summary>The first of these folders that is there; the first named when none is.</summary>
    public string Folder(params string[] candidates) => At(candidates.FirstOrDefault(path => Directory.Exists(At(path))) ?? candidates[0]);
}
