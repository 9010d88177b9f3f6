using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public class StepPlannerTests
{
    private const int MostTokens = 1024;
    private const int MostPictures = 8;

    private readonly ManualClock _clock = new();
    private readonly StepPlanner _planner;

    public StepPlannerTests() => _planner = new StepPlanner(MostTokens, MostPictures, TimeSpan.FromMilliseconds(250), _clock);

    [Fact]
    public void Begin_NobodyAnswered_TakesAllThatTheLimitsAllow()
    {
        Measure(tokens: 100, milliseconds: 1000);
        _planner.Begin(hasAnswers: false);
        Assert.Equal((MostPictures, MostTokens), (_planner.Pictures, _planner.PromptTokens));
    }

    [Fact]
    public void PromptTokens_NothingMeasured_TakesAllThatTheLimitsAllow()
    {
        _planner.Begin(hasAnswers: true);
        Assert.Equal((MostPictures, MostTokens), (_planner.Pictures, _planner.PromptTokens));
    }

    [Theory]
    [InlineData(100, 100, 250)] // 1 ms a token
    [InlineData(100, 50, 500)]
    [InlineData(100, 1, MostTokens)]
    [InlineData(64, 64_000, StepPlanner.MinPromptTokens)]
    public void PromptTokens_AnswersRun_FitIntoTheStall(int tokens, int milliseconds, int expected)
    {
        Measure(tokens, milliseconds);
        _planner.Begin(hasAnswers: true);
        Assert.Equal(expected, _planner.PromptTokens);
    }

    [Theory]
    [InlineData(4, 200, 5)]
    [InlineData(1, 1500, 1)]
    [InlineData(8, 8, MostPictures)]
    public void Pictures_AnswersRun_FitIntoTheStall(int pictures, int milliseconds, int expected)
    {
        _planner.Begin(hasAnswers: false);
        _planner.Encode(pictures, () => _clock.Advance(milliseconds));
        _planner.Begin(hasAnswers: true);
        Assert.Equal(expected, _planner.Pictures);
    }

    [Fact]
    public void PromptTokens_AfterPicturesOfTheStep_TakeWhatTheyLeft()
    {
        Measure(tokens: 100, milliseconds: 100);
        _planner.Begin(hasAnswers: true);
        _planner.Encode(2, () => _clock.Advance(150));
        Assert.Equal(100, _planner.PromptTokens);
    }

    [Fact]
    public void PromptTokens_MachineSlowsDown_Follow()
    {
        Measure(tokens: 100, milliseconds: 100);
        Enumerable.Range(0, 20).ToList().ForEach(_ => Measure(tokens: 100, milliseconds: 500));
        _planner.Begin(hasAnswers: true);
        Assert.InRange(_planner.PromptTokens, 50, 51);
    }

    [Fact]
    public void Run_AnswersAlone_TellsNothingAboutPrompts()
    {
        Measure(tokens: 100, milliseconds: 100);
        Measure(tokens: 0, milliseconds: 5000);
        Measure(tokens: StepPlanner.MinPromptTokens - 1, milliseconds: 5000);
        _planner.Begin(hasAnswers: true);
        Assert.Equal(250, _planner.PromptTokens);
    }

    [Fact]
    public void Run_WorkFails_TellsNothing()
    {
        Measure(tokens: 100, milliseconds: 100);
        Assert.Throws<InvalidOperationException>(() => _planner.Run(100, () => throw new InvalidOperationException()));
        _planner.Begin(hasAnswers: true);
        Assert.Equal(250, _planner.PromptTokens);
    }

    private void Measure(int tokens, int milliseconds)
    {
        _planner.Begin(hasAnswers: false);
        _planner.Run(tokens, () => _clock.Advance(milliseconds));
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => _now;

        public void Advance(int milliseconds) => _now += milliseconds;
    }
}
