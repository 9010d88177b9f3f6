using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>Files of one benchmark under one merge setting: <c>RUN/benchmark/setting/</c>.</summary>
/// <param name="Folder">The folder of the setting.</param>
/// <param name="Shard">Which part.</param>
public sealed record RunFolder(string Folder, Shard Shard)
{
    /// <summary>The folder of a setting inside a run.</summary>
    public static RunFolder Of(string run, string benchmark, MergeSpec merge, Shard shard) =>
        new(Path.Combine(run, benchmark, merge.ToString().Replace('/', '-').Replace(':', '-')), shard);

    /// <summary>Answers in the order in which they came; appended to while the run goes on.</summary>
    public string Log => At("log", "jsonl");

    /// <summary>Answers in the order of the questions; written when all are there.</summary>
    public string Answers => At("answers", "jsonl");

    /// <summary>What the answers depend on.</summary>
    public string Manifest => At("manifest", "json");

    /// <summary>Where each answer's time went.</summary>
    public string Times => At("times", "jsonl");

    private string At(string name, string kind) => Path.Combine(Folder, $"{name}{Shard.Suffix}.{kind}");
}
