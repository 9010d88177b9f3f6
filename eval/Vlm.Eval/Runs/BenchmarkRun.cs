using Vlm.Eval.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>
/// Asks the questions of a plan under merge settings, going on where an earlier process stopped. A window of pictures is asked under one setting after the
/// other before the next comes, so that a picture is decoded once and those of one setting meet in the encoder.
/// </summary>
public sealed class BenchmarkRun(RunPlan plan, IAnswerer answerer, Scorer? scorer, string run)
{
    /// <summary>Pictures that are asked under every setting before the next ones.</summary>
    internal const int Window = 64;

    private sealed record Visit(SettingRun Setting, IReadOnlyList<(int Index, Question Item)> Questions);

    /// <summary>Runs to the end of this part.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="progress">Told after every answer.</param>
    /// <param name="cancel">Stops between answers; what was answered is kept.</param>
    /// <exception cref="InvalidDataException">The folder belongs to a run of other settings, or a picture cannot be read.</exception>
    public async Task RunAsync(IReadOnlyList<MergeSpec> settings, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        List<SettingRun> open = [];
        try
        {
            open.AddRange(settings.Select(merge => SettingRun.Open(plan, answerer, merge, run)).OfType<SettingRun>());
            RunLedger ledger = new(plan, open, new RunningScore(scorer, plan.Profile), progress);
            ParallelOptions options = new() { MaxDegreeOfParallelism = answerer.Concurrency, CancellationToken = cancel };
            await Parallel.ForEachAsync(Visits(open), options, (visit, stop) => AskAsync(visit, ledger, stop)).ConfigureAwait(false);
            open.ForEach(setting => setting.Complete());
        }
        finally
        {
            open.ForEach(setting => setting.Dispose());
        }
    }

    private IEnumerable<Visit> Visits(IReadOnlyList<SettingRun> settings) =>
        from window in plan.Questions.GroupBy(q => q.Item.Picture?.Name ?? q.Item.Key).Chunk(Window)
        from setting in settings
        from picture in window
        select new Visit(setting, [.. picture.Where(q => setting.Lacks(q.Item))]) into visit
        where visit.Questions.Count > 0
        select visit;

    private async ValueTask AskAsync(Visit visit, RunLedger ledger, CancellationToken cancel)
    {
        IAsyncEnumerable<Reply> replies = answerer.AskAsync(
            [.. visit.Questions.Select(q => q.Item)], plan.Benchmark.Ask(plan.Profile), plan.MaxTokens, visit.Setting.Merge, cancel);
        int next = 0;
        await foreach (Reply reply in replies.ConfigureAwait(false))
        {
            (int position, Question question) = visit.Questions[next++];
            ledger.Take(visit.Setting, question, position, reply, answerer.ModelId);
            cancel.ThrowIfCancellationRequested();
        }
    }
}
