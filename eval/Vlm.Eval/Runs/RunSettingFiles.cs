namespace Vlm.Eval.Runs;

/// <summary>The files of one benchmark under one setting, over all shards and run folders given.</summary>
/// <param name="Benchmark">Name.</param>
/// <param name="Merge">Setting, as in the manifests.</param>
/// <param name="Parts">One manifest per part with its path.</param>
public sealed record RunSettingFiles(string Benchmark, string Merge, IReadOnlyList<(string Path, RunManifest Manifest)> Parts)
{
    /// <summary>Everything in some run folders, grouped, in the order of the folders' names.</summary>
    /// <exception cref="InvalidDataException">No manifest is there.</exception>
    public static IReadOnlyList<RunSettingFiles> Find(IEnumerable<string> runs)
    {
        (string Path, RunManifest Manifest)[] manifests =
        [
            .. runs.SelectMany(run => Directory.GetFiles(run, "manifest*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                .Select(path => (path, RunManifest.Read(path))),
        ];
        return manifests.Length == 0
            ? throw new InvalidDataException($"{string.Join(", ", runs)}: expected runs of eval run, found no manifest.")
            : [.. manifests.GroupBy(m => (m.Manifest.Benchmark, m.Manifest.Merge)).Select(g => new RunSettingFiles(g.Key.Benchmark, g.Key.Merge, [.. g]))];
    }

    /// <summary>Answer files of the parts, complete ones only.</summary>
    public IEnumerable<string> Answers => Parts.Select(part => Beside(part.Path, "answers", "jsonl"));

    /// <summary>Time logs of the parts.</summary>
    public IEnumerable<string> Times => Parts.Select(part => Beside(part.Path, "times", "jsonl"));

    /// <summary>Checks that the parts are all there, complete, and of one run.</summary>
    /// <exception cref="InvalidDataException">They are not.</exception>
    public void Check()
    {
        RunManifest first = Parts[0].Manifest;
        foreach ((string path, RunManifest manifest) in Parts.Skip(1))
        {
            if ((manifest with { Shard = first.Shard }).FirstDifference(first) is var (field, there, here))
            {
                throw new InvalidDataException($"{path}: {field}: expected {there} as in {Parts[0].Path}, found {here}.");
            }
        }

        int count = Shard.Parse(first.Shard).Count;
        string[] found = [.. Parts.Select(part => part.Manifest.Shard)];
        string[] expected = [.. Enumerable.Range(1, count).Select(i => new Shard(i, count).ToString())];
        if (!found.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal)))
        {
            throw new InvalidDataException($"{Benchmark} {Merge}: expected the parts {string.Join(", ", expected)}, found {string.Join(", ", found)}.");
        }

        if (Answers.FirstOrDefault(path => !File.Exists(path)) is { } absent)
        {
            throw new InvalidDataException($"{absent}: expected a finished part, found none; run its command again.");
        }
    }

    private static string Beside(string manifest, string name, string kind) => Path.Combine(
        Path.GetDirectoryName(manifest)!, Path.GetFileNameWithoutExtension(manifest).Replace("manifest", name, StringComparison.Ordinal) + "." + kind);
}
