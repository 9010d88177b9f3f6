using Vlm.Eval.Scoring;

namespace Vlm.Eval.Tests.Scoring;

public sealed class BootstrapTests
{
    [Fact]
    public void Intervals_HalfRight_SurroundTheBinomialInterval()
    {
        Score score = Scored(i => i % 2);

        Interval interval = new Bootstrap(2000, seed: 3).Intervals(score)["accuracy"];

        // 400 fair coins: 50 +- 1.96 * 2.5 percent; the width of a bootstrap of 2000 is good to a few percent.
        Assert.InRange(interval.Low, 44.6, 45.6);
        Assert.InRange(interval.High, 54.4, 55.4);
    }

    [Fact]
    public void Intervals_SameSeed_AreTheSame() => Assert.Equal(
        new Bootstrap(100, seed: 5).Intervals(Scored(i => i % 3 == 0 ? 1 : 0)),
        new Bootstrap(100, seed: 5).Intervals(Scored(i => i % 3 == 0 ? 1 : 0)));

    [Fact]
    public void Differences_SameAnswers_HaveNoWidth() =>
        Assert.Equal(new Interval(0, 0), new Bootstrap(100).Differences(Scored(i => i % 2), Scored(i => i % 2))["accuracy"]);

    [Fact]
    public void Differences_PairedSettings_AreNarrowerThanTwoIntervals()
    {
        // The second setting loses every tenth question: -10 +- 1.96 * 100 * sqrt(0.1 * 0.9 / 400) percent.
        Interval interval = new Bootstrap(2000).Differences(Scored(i => i % 2 == 0 || i % 10 == 1 ? 0 : 1), Scored(i => i % 2))["accuracy"];

        Assert.InRange(interval.Low, -13.5, -12.5);
        Assert.InRange(interval.High, -7.5, -6.6);
    }

    [Fact]
    public void Differences_OtherQuestions_AreRefused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Bootstrap(2).Differences(Scored(_ => 1, 3), Scored(_ => 1, 4)));

        Assert.Equal("test: expected the same questions in both settings, found 3 and 4 that are not the same.", error.Message);
    }

    private static Score Scored(Func<int, double> value, int count = 400)
    {
        ScoreUnits units = new();
        for (int i = 0; i < count; i++)
        {
            units.Add($"{i}", ("accuracy", value(i)));
        }

        return new Score
        {
            Benchmark = "test",
            Profile = "llava",
            Units = units,
            Metrics = [Metric.Percent("accuracy")],
            Counts = new ScoreCounts(count, count, 0, 0),
        };
    }
}
