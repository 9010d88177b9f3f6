using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public class LogitShiftsTests
{
    [Fact]
    public void Of_NoPenaltyAndNoBias_IsNothing() => Assert.Null(LogitShifts.Of(new SamplingOptions { Temperature = 1 }));

    [Fact]
    public void Accept_TokenAgain_CountsFrequencyEachTimeAndPresenceOnce()
    {
        var shifts = LogitShifts.Of(new() { FrequencyPenalty = 0.5, PresencePenalty = 2, LogitBias = new Dictionary<int, double> { [7] = 1 } })!;

        shifts.Accept(3);
        shifts.Accept(3);
        shifts.Accept(7);

        Assert.Equal(new Dictionary<int, double> { [3] = -3, [7] = -1.5 }, shifts.Values);
    }
}
