using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>Parts of a run to one run.</summary>
public static class RunMerge
{
    /// <summary>Joins one setting of one benchmark; nothing is written unless it is complete.</summary>
    /// <returns>How many answers it has.</returns>
    /// <exception cref="InvalidDataException">A part is missing or unfinished, or the parts are of different runs.</exception>
    public static int Write(RunSettingFiles parts, string target)
    {
        parts.Check();
        RunManifest manifest = parts.Parts[0].Manifest with { Shard = Shard.Whole.ToString() };
        RunFolder files = RunFolder.Of(target, parts.Benchmark, MergeSpec.Parse(parts.Merge), Shard.Whole);
        Directory.CreateDirectory(files.Folder);
        int count = CompletedAnswers.Write(parts.Answers, files.Answers, manifest.Questions);
        File.WriteAllLines(files.Times, parts.Times.Where(File.Exists).SelectMany(File.ReadLines));
        manifest.Write(files.Manifest);
        return count;
    }
}
