using Vlm.Eval.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>The open files of one setting of a run.</summary>
internal sealed class SettingRun : IDisposable
{
    private readonly RunPlan _plan;
    private readonly RunFolder _files;
    private readonly AnswerLog _log;
    private readonly TimesLog _times;
    private readonly string _setting;
    private readonly HashSet<string> _earlier;

    private SettingRun(RunPlan plan, RunFolder files, MergeSpec merge)
    {
        (_plan, _files, Merge, _setting) = (plan, files, merge, merge.ToString());
        _log = AnswerLog.Open(files.Log);
        _times = TimesLog.Open(files.Times);
        _earlier = [.. _log.Done];
    }

    public MergeSpec Merge { get; }

    /// <summary>Questions answered in earlier sessions.</summary>
    public int NumEarlier => _earlier.Count;

    /// <summary>Time that this session gave to the setting.</summary>
    public TimeSpan Spent { get; set; }

    /// <summary>Opens a setting, going on where an earlier process stopped; null for one that is complete.</summary>
    /// <exception cref="InvalidDataException">The folder belongs to a run of other settings.</exception>
    public static SettingRun? Open(RunPlan plan, IAnswerer answerer, MergeSpec merge, string run)
    {
        RunFolder files = RunFolder.Of(run, plan.Benchmark.Name, merge, plan.Shard);
        Directory.CreateDirectory(files.Folder);
        plan.Manifest(answerer, merge).Claim(files.Manifest);
        return File.Exists(files.Answers) ? null : new SettingRun(plan, files, merge);
    }

    /// <summary>Whether no earlier session answered a question.</summary>
    public bool Lacks(Question question) => !_earlier.Contains(IdOf(question));

    public void Append(Question question, int position, Reply reply, string modelId)
    {
        string id = IdOf(question);
        _times.Append(id, Spent, reply.Times);
        _log.Append(id, AnswerLine.Write(question, position, reply.Text, id, modelId));
    }

    /// <summary>Closes the logs and writes the answers in order.</summary>
    public void Complete()
    {
        Dispose();
        CompletedAnswers.Write([_files.Log], _files.Answers, _plan.Questions.Count);
    }

    public void Dispose()
    {
        _log.Dispose();
        _times.Dispose();
    }

    private string IdOf(Question question) => AnswerLine.AnswerId(_plan.Benchmark.Name, _setting, question.Key);
}
