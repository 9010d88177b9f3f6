using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Vlm.Core.Chat;

namespace Vlm.Api.Tests.Faults;

/// <summary>The machine's clock is set while the server runs: durations do not follow it.</summary>
public sealed class ClockJumpTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Clock_SetByADay_EndsNoRequestAndFillsNoBucket(int days)
    {
        JumpingClock clock = new();
        await using ApiApplication app = new(new()
        {
            ["Auth:Keys:0:Name"] = "ann",
            ["Auth:Keys:0:Hash"] = "sha256:" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("key"))),
            ["Auth:Keys:0:RequestsPerMinute"] = "1",
            ["Limits:RequestTimeoutSeconds"] = "60",
        })
        {
            Configure = services => services.AddSingleton<TimeProvider>(clock),
        };
        app.Model.Chat = (_, _) => JumpAsync(clock, days);
        HttpClient client = await app.ReadyClientAsync();
        client.DefaultRequestHeaders.Authorization = new("Bearer", "key");

        Assert.True((await client.ChatAsync("""{"prompt": "a"}""")).IsSuccessStatusCode);
        await (await client.ChatAsync("""{"prompt": "a"}""")).ProblemAsync(429);
        Assert.True((await client.GetAsync("/health/ready")).IsSuccessStatusCode);
    }

    private static async IAsyncEnumerable<ChatEvent> JumpAsync(JumpingClock clock, int days)
    {
        clock.Offset += TimeSpan.FromDays(days);
        await Task.Yield();
        yield return new ChatEvent.Done(FakeModel.Result("a"));
    }

    /// <summary>A wall clock that is set; timers and timestamps go on evenly, as the system's do.</summary>
    private sealed class JumpingClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }
}
