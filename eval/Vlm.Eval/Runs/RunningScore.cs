using System.Diagnostics;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Runs;

/// <summary>Main metric over a setting's answers so far; recomputed seldom enough to cost a twentieth of the time at most.</summary>
internal sealed class RunningScore(Scorer? scorer, EvalProfile profile)
{
    private const int Patience = 20;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    private readonly Dictionary<SettingRun, List<Answer>> _answers = [];
    private TimeSpan _wait = Least;
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>The last value, of whatever setting had an answer then.</summary>
    public (string Name, double Value)? Value { get; private set; }

    public void Add(SettingRun setting, Answer answer)
    {
        if (!_answers.TryGetValue(setting, out List<Answer>? answers))
        {
            _answers.Add(setting, answers = []);
        }

        answers.Add(answer);
        if (Stopwatch.GetElapsedTime(_last) > _wait)
        {
            Compute(answers);
        }
    }

    private void Compute(List<Answer> answers)
    {
        long start = Stopwatch.GetTimestamp();
        Score? score = scorer?.Invoke(new ScoreRequest(new AnswerFile("the run", [.. answers]), profile, OnlyAnswered: true));
        Value = score?.Values().Select(metric => ((string, double)?)(metric.Key, metric.Value)).FirstOrDefault();
        TimeSpan cost = Stopwatch.GetElapsedTime(start) * Patience;
        (_last, _wait) = (Stopwatch.GetTimestamp(), cost > Least ? cost : Least);
    }
}
