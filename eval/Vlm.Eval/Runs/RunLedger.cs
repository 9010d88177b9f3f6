using System.Diagnostics;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;

namespace Vlm.Eval.Runs;

/// <summary>Takes the answers of a session as they come: to its setting's files, to the running score, to the progress. Safe for use by many threads.</summary>
internal sealed class RunLedger(RunPlan plan, IReadOnlyList<SettingRun> settings, RunningScore score, IProgress<RunProgress> progress)
{
    private readonly Lock _lock = new();
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly int _numEarlier = settings.Sum(setting => setting.NumEarlier);
    private TimeSpan _last;
    private int _count;

    /// <summary>Writes an answer down. The time since the one before it, of whatever setting, is this setting's: so the settings' times add up to the session's.</summary>
    public void Take(SettingRun setting, Question question, int position, Reply reply, string modelId)
    {
        lock (_lock)
        {
            TimeSpan now = Stopwatch.GetElapsedTime(_start);
            setting.Spent += now - _last;
            _last = now;
            setting.Append(question, position, reply, modelId);
            score.Add(setting, new Answer(question.Id, reply.Text, question.LinePrompt, 0));
            progress.Report(new RunProgress(
                $"{plan.Benchmark.Name} {setting.Merge}", _numEarlier + ++_count, settings.Count * plan.Questions.Count, _count / now.TotalSeconds, score.Value));
        }
    }
}
