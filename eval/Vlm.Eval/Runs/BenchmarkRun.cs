using System.Diagnostics;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>Asks the questions of a plan under one merge setting, going on where an earlier process stopped.</summary>
public sealed class BenchmarkRun(RunPlan plan, IAnswerer answerer, Scorer? scorer, string run)
{
    /// <summary>Runs to the end of this part.</summary>
    /// <param name="merge">The setting.</param>
    /// <param name="progress">Told after every answer.</param>
    /// <param name="cancel">Stops between answers; what was answered is kept.</param>
    /// <exception cref="InvalidDataException">The folder belongs to a run of other settings, or a picture cannot be read.</exception>
    public async Task RunAsync(MergeSpec merge, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        RunFolder files = RunFolder.Of(run, plan.Benchmark.Name, merge, plan.Shard);
        Directory.CreateDirectory(files.Folder);
        plan.Manifest(answerer, merge).Claim(files.Manifest);
        if (File.Exists(files.Answers))
        {
            return;
        }

        using (AnswerLog log = AnswerLog.Open(files.Log))
        using (TimesLog times = TimesLog.Open(files.Times))
        {
            await AskAsync(merge, log, times, progress, cancel).ConfigureAwait(false);
        }

        CompletedAnswers.Write([files.Log], files.Answers, plan.Questions.Count);
    }

    private async Task AskAsync(MergeSpec merge, AnswerLog log, TimesLog times, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        string setting = merge.ToString();
        HashSet<string> done = [.. log.Done];
        var pending = plan.Questions
            .Select(q => (Position: q.Index, Question: q.Item, Id: AnswerLine.AnswerId(plan.Benchmark.Name, setting, q.Item.Key)))
            .Where(q => !done.Contains(q.Id));
        Lock taking = new();
        RunningScore score = new(scorer, plan.Profile);
        AskSettings settings = plan.Benchmark.Ask(plan.Profile);
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        await ForEachOfPictureAsync(pending, item => item.Question, async (item, stop) =>
        {
            Reply reply = await answerer.AskAsync(item.Question, settings, plan.MaxTokens, merge, stop).ConfigureAwait(false);
            lock (taking)
            {
                times.Append(item.Id, Stopwatch.GetElapsedTime(start), reply.Times);
                log.Append(item.Id, AnswerLine.Write(item.Question, item.Position, reply.Text, item.Id, answerer.ModelId));
                score.Add(new Answer(item.Question.Id, reply.Text, item.Question.StoredPrompt ?? item.Question.Text, 0));
                count++;
                progress.Report(new RunProgress(
                    $"{plan.Benchmark.Name} {setting}", done.Count + count, plan.Questions.Count, count / Stopwatch.GetElapsedTime(start).TotalSeconds, score.Value));
            }
        }, cancel).ConfigureAwait(false);
    }

    // Pictures at once, a picture's questions one after the other: from the second on, the engine has its part of the prompt.
    private Task ForEachOfPictureAsync<T>(
        IEnumerable<T> items, Func<T, Question> questionOf, Func<T, CancellationToken, ValueTask> ask, CancellationToken cancel)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = answerer.Concurrency, CancellationToken = cancel };
        IEnumerable<IGrouping<string, T>> pictures = items.GroupBy(item => questionOf(item).Picture?.Name ?? questionOf(item).Key);
        return Parallel.ForEachAsync(pictures, options, async (picture, stop) =>
        {
            foreach (T item in picture)
            {
                stop.ThrowIfCancellationRequested();
                await ask(item, stop).ConfigureAwait(false);
            }
        });
    }
}
