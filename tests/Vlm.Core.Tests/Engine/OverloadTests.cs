using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

/// <summary>What the number of places promises under overload, with the engine's own scheduler in virtual time.</summary>
public class OverloadTests
{
    private const double Times = 10;

    [Theory]
    [InlineData(16, 2)]
    [InlineData(16, 40)]
    [InlineData(4, 12)]
    [InlineData(1, 5)]
    public void Overload_TenTimesCapacity_AcceptedTakeAboutAsLongAsThePlacesSay(int maxBatchSize, int maxTokens)
    {
        EngineOptions options = new() { MaxBatchSize = maxBatchSize };
        OverloadSimulation simulation = new(options, maxTokens);
        var atCapacity = simulation.Run(new ClosedArrivals(maxBatchSize));
        var overloaded = simulation.Run(new PoissonArrivals(Times / atCapacity.TimePerAnswer, seed: 1));

        var expected = (double)options.MaxRequests / maxBatchSize; // 1.5, or 2 where one runs and one waits
        Assert.InRange(overloaded.Times.Average() / atCapacity.Times.Average(), 1, 1.02 * expected);
        Assert.InRange(overloaded.Times.Max() / atCapacity.Times.Average(), 1, 1.02 * 2);
        Assert.InRange(overloaded.TimePerAnswer / atCapacity.TimePerAnswer, 0.9, 1.02);
        Assert.Equal(0, atCapacity.NumRefused);
        Assert.InRange(overloaded.NumRefused / (double)overloaded.Times.Count, 0.9 * (Times - 1), 1.1 * (Times - 1));
    }

    [Fact]
    public void Overload_QueueOf64Beside16_TakesFiveTimesAsLong()
    {
        OverloadSimulation simulation = new(new() { MaxBatchSize = 16, MaxQueue = 64 }, maxTokens: 8);
        var atCapacity = simulation.Run(new ClosedArrivals(16));
        var overloaded = simulation.Run(new PoissonArrivals(Times / atCapacity.TimePerAnswer, seed: 1));

        Assert.InRange(overloaded.Times.Average() / atCapacity.Times.Average(), 4.5, 5.1);
    }

    [Fact]
    public void Places_AllTaken_RefuseUntilOneIsGivenBackOnce()
    {
        RequestPlaces places = new(2);
        var first = places.Take();
        _ = places.Take();

        var error = Assert.Throws<QueueFullException>(() => places.Take());
        Assert.Equal("Engine: expected at most 2 requests, running and waiting, found 3.", error.Message);
        first.Dispose();
        first.Dispose();
        Assert.Equal(1, places.NumTaken);
        _ = places.Take();
        Assert.Throws<QueueFullException>(() => places.Take());
    }

    [Fact]
    public void Places_Several_AreTakenAllOrNone()
    {
        RequestPlaces places = new(3);
        using (var two = places.Take(2))
        {
            Assert.Throws<QueueFullException>(() => places.Take(2));
            Assert.Equal(2, places.NumTaken);
            using var handed = two.Take();
            two.Dispose();
            Assert.Equal(1, places.NumTaken); // what was handed over is no longer its
        }

        Assert.Equal(0, places.NumTaken);
    }
}
