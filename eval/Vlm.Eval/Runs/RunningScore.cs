using System.Diagnostics;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Runs;

/// <summary>Main metric over the answers so far; recomputed seldom enough to cost a twentieth of the time at most.</summary>
internal sealed class RunningScore(Scorer? scorer, EvalProfile profile)
{
    private const int Patience = 20;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly List<Answer> _answers = [];
    private TimeSpan _wait = Least;
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>The last value.</summary>
    public (string Name, double Value)? Value { get; private set; }

    public void Add(Answer answer)
    {
        _answers.Add(answer);
        if (Stopwatch.GetElapsedTime(_last) > _wait)
        {
            Compute();
        }
    }

    private void Compute()
    {
        long start = Stopwatch.GetTimestamp();
        Score? score = scorer?.Invoke(new ScoreRequest(new AnswerFile("the run", [.. _answers]), profile, OnlyAnswered: true));
        Value = score?.Values().Select(metric => ((string, double)?)(metric.Key, metric.Value)).FirstOrDefault();
        TimeSpan cost = Stopwatch.GetElapsedTime(start) * Patience;
        (_last, _wait) = (Stopwatch.GetTimestamp(), cost > Least ? cost : Least);
    }
}
