using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Vlm.Bench.Serve;

namespace Vlm.Cli.Tests;

/// <summary>What <c>./vlm bench serve</c> makes of a server's answers.</summary>
public sealed class BenchServeTests
{
    private const string Text = """data: {"id": "ID", "choices": [{"delta": {"content": "red"}, "finish_reason": null}]}""";
    private const string End = """data: {"id": "ID", "choices": [{"delta": {}, "finish_reason": "stop"}]}""";
    private const string Usage = """data: {"id": "ID", "choices": [], "usage": {"completion_tokens": 2}}""";
    private const string Done = "data: [DONE]";

    [Fact]
    public async Task Run_AnswersOfEveryKind_AreCountedByWhatBecameOfThem()
    {
        ServeSummary summary = await RunAsync(
            Stream("a", Text, End, Usage, Done),
            Stream("b", Text, Text, End, Usage, Done),
            (HttpStatusCode.TooManyRequests, "{}"),
            (HttpStatusCode.InternalServerError, "broken"),
            Stream("c", Text, """data: {"error": {"message": "late"}}"""),
            Stream("d", Text, End), // no [DONE]
            Stream("e", Text),
            Stream("f", Text, End, End, Done),
            Stream("a", Text, End, Usage, Done)); // the answer to another request

        Assert.Equal(
            [(ServeEnd.Answered, 2), (ServeEnd.Refused, 1), (ServeEnd.Failed, 2), (ServeEnd.Lost, 2), (ServeEnd.Twice, 2)],
            summary.Ends.Select(e => (e.Key, e.Value)));
        Assert.Equal(6, summary.NumWrong);
        Assert.Equal(3 * 2, summary.TokensPerSecond * summary.Seconds, 1e-6);
        Assert.NotNull(summary.Problem);
        Assert.Null(summary.Server);
        Assert.Null(summary.Resident);
        Assert.Null(summary.ProcessorSeconds);
    }

    [Fact]
    public async Task Run_AnswersInOnePiece_HaveNoTimeBetweenPieces()
    {
        ServeSummary onePiece = await RunAsync(Stream("a", Text, End, Usage, Done));
        ServeSummary twoPieces = await RunAsync(Stream("a", Text, Text, End, Usage, Done));

        Assert.Null(onePiece.InterToken);
        Assert.NotNull(onePiece.FirstToken);
        Assert.NotNull(twoPieces.InterToken);
    }

    [Fact]
    public void ServerTimes_BetweenTwoReadings_AreMeansPerAnswerAndPerGap()
    {
        double[] before = [1, 1, 1, 1, 1, 1, 10, 5], after = [3, 2, 5, 3, 7, 4, 40, 15];

        Assert.Equal(new ServerTimes(200, 100, 400, 200, 600, 100), ServerTimes.Between(before, after));
        Assert.Null(ServerTimes.Between(before, [.. before[..7], 15])!.Token);
    }

    [Fact]
    public void Percentiles_OfAHundredTimes_AreTheOnesOfTheirRank()
    {
        Percentiles? found = Percentiles.Of(Enumerable.Range(1, 100).Reverse().Select(i => TimeSpan.FromSeconds(i)));

        Assert.Equal(new Percentiles(50, 95, 99), found);
        Assert.Null(Percentiles.Of([]));
    }

    [Fact]
    public async Task ClosedLoop_OfThree_NeverAsksAFourth()
    {
        int running = 0, most = 0;
        ConcurrentBag<int> asked = [];
        await new ServeLoad(Concurrency: 3, Rate: null).RunAsync(30, seed: 0, async (i, cancel) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            asked.Add(i);
            await Task.Delay(1, cancel);
            Interlocked.Decrement(ref running);
        }, CancellationToken.None);

        Assert.InRange(most, 1, 3);
        Assert.Equal(Enumerable.Range(0, 30), asked.Order());
    }

    [Fact]
    public async Task OpenLoop_ServerThatNeverAnswers_IsAskedAllTheSame()
    {
        TaskCompletionSource answer = new();
        int asked = 0;
        Task run = new ServeLoad(Concurrency: null, Rate: 1000).RunAsync(20, seed: 0, (_, _) =>
        {
            if (Interlocked.Increment(ref asked) == 20)
            {
                answer.SetResult(); // only the last request lets the others end
            }

            return answer.Task;
        }, CancellationToken.None);

        await run;
        Assert.Equal(20, asked);
    }

    [Fact]
    public void Mix_SameNumber_AsksTheSameAndAnotherNumberAnotherPicture()
    {
        ServeMix mix = new() { Merges = ["none", "pitome:0.9"], Seed = 3 };

        Assert.Equal(mix.Body(4), mix.Body(4));
        Assert.NotEqual(mix.Body(4), mix.Body(6));
        Assert.Equal((mix with { Pictures = 2 }).Body(4), (mix with { Pictures = 2 }).Body(6));
        Assert.DoesNotContain("image_url", Encoding.UTF8.GetString((mix with { TextShare = 1 }).Body(4)), StringComparison.Ordinal);
    }

    private static (HttpStatusCode Status, string Body) Stream(string id, params string[] events) =>
        (HttpStatusCode.OK, string.Concat(events.Select(e => e.Replace("ID", id, StringComparison.Ordinal) + "\n\n")));

    private static async Task<ServeSummary> RunAsync(params (HttpStatusCode Status, string Body)[] answers)
    {
        using ScriptedServer server = new(answers);
        using HttpClient http = new(server) { BaseAddress = new("http://server/") };
        return await new ServeBench(http, new(), own: null).RunAsync(
            new(Concurrency: 1, Rate: null), answers.Length, TimeSpan.FromSeconds(1), CancellationToken.None);
    }

    /// <summary>Says what its script says, one answer per question; has no metrics.</summary>
    private sealed class ScriptedServer(IEnumerable<(HttpStatusCode Status, string Body)> answers) : HttpMessageHandler
    {
        private readonly Queue<(HttpStatusCode Status, string Body)> _answers = new(answers);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (HttpStatusCode status, string body) = request.Method == HttpMethod.Post ? _answers.Dequeue() : (HttpStatusCode.NotFound, "");
            return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body) });
        }
    }
}
