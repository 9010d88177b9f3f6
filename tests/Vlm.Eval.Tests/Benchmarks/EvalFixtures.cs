using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Tests.Benchmarks;

/// <summary>A handful of questions of every benchmark in its official format, with answers (<c>Fixtures/make_eval_fixtures.py</c>).</summary>
internal static class EvalFixtures
{
    public static string Root { get; } = Path.Combine(Testing.Golden.Root, "tests", "Vlm.Eval.Tests", "Fixtures");

    public static DataFolder Data { get; } = new(Path.Combine(Root, "data"));

    public static IBenchmark Benchmark(string name) => BenchmarkTable.Parse(name)[0];

    public static string AnswerPath(string benchmark) => Path.Combine(Root, "answers", benchmark + ".jsonl");

    /// <summary>Scores the stored answers.</summary>
    public static Score Score(string benchmark, EvalProfile profile) => Score(benchmark, profile, AnswerPath(benchmark));

    /// <summary>Scores answers at a path.</summary>
    public static Score Score(string benchmark, EvalProfile profile, string answers, DataFolder? data = null) =>
        Benchmark(benchmark).OpenScorer(data ?? Data)(new ScoreRequest(AnswerFile.Read(answers), profile));
}
