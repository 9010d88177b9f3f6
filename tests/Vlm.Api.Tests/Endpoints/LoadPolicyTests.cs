using System.Text.Json;

namespace Vlm.Api.Tests.Endpoints;

/// <summary>Fewer visual tokens while many requests wait.</summary>
public sealed class LoadPolicyTests : IAsyncDisposable
{
    private const string Question = $$"""{"prompt": "a", "image": "{{Http.Picture}}"}""";
    private readonly ApiApplication _app = new(new() { ["Merge:UnderLoad"] = "pitome:0.9", ["Merge:UnderLoadQueue"] = "3" });

    [Theory]
    [InlineData(3, Question, "none")]
    [InlineData(4, Question, "pitome/released:0.9")]
    [InlineData(4, """{"prompt": "a", "image": "AAAA", "merge": "none"}""", "none")]
    [InlineData(4, """{"prompt": "a", "image": "AAAA", "merge": "tome:0.8"}""", "tome/released:0.8")]
    [InlineData(4, """{"prompt": "a"}""", "none")]
    public async Task Chat_SoManyWaiting_MergesAs(int waiting, string json, string merge)
    {
        HttpClient client = await _app.ReadyClientAsync();
        _app.Model.Load = _app.Model.Load with { Waiting = waiting };

        await client.ChatAsync(json);

        Assert.Equal(merge, _app.Model.Asked.Last().Merge?.ToString());
        Assert.Equal(waiting == 4 && json == Question, _app.Model.Asked.Last().MergedForLoad);
    }

    [Fact]
    public async Task Chat_NotSetSo_MergesAsEver()
    {
        await using ApiApplication app = new();
        HttpClient client = await app.ReadyClientAsync();
        app.Model.Load = app.Model.Load with { Waiting = 1000 };

        await client.ChatAsync(Question);

        Assert.Equal(("none", false), (app.Model.Asked.Last().Merge?.ToString(), app.Model.Asked.Last().MergedForLoad));
    }

    [Fact]
    public async Task Start_SpecThatIsNone_Fails()
    {
        (int exit, string error) = await Server.RunAsync("--Model:Path=x", "--Merge:UnderLoad=magic:0.9", "--urls=http://127.0.0.1:0");

        Assert.Equal(2, exit);
        Assert.Contains("magic", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_UnderLoadWithTheRealEngine_SaysSoInUsageAndMetrics()
    {
        await using TinyServer server = await TinyServer.StartAsync(
            ("Merge:UnderLoad", "pitome:0.7"), ("Merge:UnderLoadQueue", "0"), ("Engine:MaxBatchSize", "1"), ("Engine:MaxQueue", "8"));
        const string question = $$"""{"prompt": "a", "image": "{{Http.Picture}}", "max_tokens": 100}""";
        Task<HttpResponseMessage>[] before = [.. Enumerable.Range(0, 4).Select(_ => server.Client.ChatAsync(question))];
        await server.ReachesAsync("vlm_num_requests_waiting", 1);

        JsonElement usage = (await (await server.Client.ChatAsync(question)).JsonAsync()).GetProperty("usage");

        Assert.True(usage.GetProperty("merged_for_load").GetBoolean());
        Assert.Equal("pitome", usage.GetProperty("images")[0].GetProperty("method").GetString());
        await Task.WhenAll(before);
        await server.ReachesAsync("vlm_requests_merged_for_load_total", 1);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
