using System.Text.Json;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Runs;
using Vlm.Eval.Tests.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Tests.Runs;

/// <summary>Runs against a server that is not ours and fails in every way servers do: an answer is asked for again or its failure named, never lost.</summary>
public sealed class OtherServerTests : IDisposable
{
    private const int MaxAttempts = 8;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_ServerFailsInEveryWay_HasEveryAnswerOnce()
    {
        string[] failures = [VllmStandIn.Busy, VllmStandIn.Failed, VllmStandIn.Away, VllmStandIn.Cut, VllmStandIn.CutInside];
        using VllmStandIn server = new(n => n % 6 < failures.Length ? failures[n % 6] : VllmStandIn.Said($" answer {n / 6}\\n"));

        await RunAsync(server);

        Answer[] answers = [.. AnswerFile.Read(Answers).Answers.OrderBy(answer => answer.Text, StringComparer.Ordinal)];
        Assert.Equal(Enumerable.Range(0, 7).Select(i => $"answer {i}"), answers.Select(answer => answer.Text));
        Assert.Equal(7, answers.DistinctBy(answer => answer.Id).Count());
    }

    [Fact]
    public async Task Run_QuestionRefused_IsNamedAndTheRestKept()
    {
        bool isMended = false;
        using VllmStandIn server = new(n => n == 3 && !isMended ? VllmStandIn.TooLong : VllmStandIn.Said("yes"));

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(server));

        Assert.Matches($"^{server.Address}: question [0-9]+: expected an answer in JSON, found 400: .*maximum context length is 2048", error.Message);
        Assert.Equal(4, server.Bodies.Count);
        isMended = true;
        await RunAsync(server);
        Assert.Equal(7 + 1, server.Bodies.Count);
        Assert.Equal(7, AnswerFile.Read(Answers).Answers.Count);
    }

    [Fact]
    public async Task Run_ServerNeverAnswers_StopsAfterSomeAttempts()
    {
        using VllmStandIn server = new(_ => VllmStandIn.Failed);

        HttpRequestException error = await Assert.ThrowsAsync<HttpRequestException>(() => RunAsync(server));

        Assert.Matches($"^{server.Address}: question [0-9]+: expected an answer in {MaxAttempts} attempts, found 500: .*EngineDeadError", error.Message);
        Assert.Equal(MaxAttempts, server.Bodies.Count);
    }

    [Theory]
    [InlineData("""{"choices": []}""")]
    [InlineData("""{"choices": null, "usage": null}""")]
    [InlineData("""{"error": {"message": "no credit"}}""")]
    [InlineData("""[1]""")]
    public async Task Run_ReplyWithoutAnswer_IsNamed(string reply)
    {
        using VllmStandIn server = new(_ => VllmStandIn.Reply("200 OK", reply));

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync(server));

        Assert.EndsWith($"expected choices[0].message.content, found {reply}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ContentAndUsageNull_AreAnEmptyAnswer()
    {
        using VllmStandIn server = new(_ => VllmStandIn.Reply("200 OK", """{"choices": [{"message": {"content": null}}], "usage": null}"""));

        await RunAsync(server);

        Assert.All(AnswerFile.Read(Answers).Answers, answer => Assert.Equal("", answer.Text));
    }

    [Fact]
    public async Task Run_OtherServer_IsSentThePictureWithItsTypeAndNoFieldOfOurs()
    {
        using VllmStandIn server = new(_ => VllmStandIn.Said("yes"));

        await RunAsync(server);

        using JsonDocument body = JsonDocument.Parse(server.Bodies[0]);
        Assert.Equal(["model", "messages", "max_tokens", "temperature"], body.RootElement.EnumerateObject().Select(field => field.Name));
        JsonElement content = body.RootElement.GetProperty("messages")[0].GetProperty("content");
        byte[] picture = File.ReadAllBytes(EvalFixtures.Data.At("pope", "val2014", "COCO_val2014_000000000042.jpg"));
        Assert.Equal($"data:image/jpeg;base64,{Convert.ToBase64String(picture)}", content[0].GetProperty("image_url").GetProperty("url").GetString());
    }

    private string Answers => RunFolder.Of(_folder.At("run"), "pope", MergeSpec.None, Shard.Whole).Answers;

    private async Task RunAsync(VllmStandIn server)
    {
        RunPlan plan = new(EvalFixtures.Benchmark("pope"), EvalFixtures.Data, EvalProfile.Llava, Shard.Whole, null, allowMissingPictures: false);
        BenchmarkRun run = new(plan, await server.ConnectAsync(), plan.OpenScorer(), _folder.At("run"));
        await run.RunAsync([MergeSpec.None], new Progress<RunProgress>(), CancellationToken.None);
    }
}
