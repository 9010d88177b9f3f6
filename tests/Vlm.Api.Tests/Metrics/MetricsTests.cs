using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;

namespace Vlm.Api.Tests.Metrics;

public sealed class MetricsTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Metrics_AfterAnAnswer_HaveItsCountsAndTimes()
    {
        HttpClient client = await _app.ReadyClientAsync();
        await client.ChatAsync("""{"prompt": "SECRET"}""");
        await client.ChatAsync("""{"prompt": "SECRET", "stream": true}""");

        string[] lines = await LinesAsync(client);

        string[] expected =
        [
            "vlm_http_requests_total{method=\"POST\",route=\"/chat\",status=\"200\"} 2",
            "vlm_request_success_total{finished_reason=\"stop\"} 2",
            "vlm_prompt_tokens_total 144",
            "vlm_generation_tokens_total 4",
            "vlm_images_decoded_total 2",
            "vlm_visual_tokens_in_total{method=\"pitome\"} 1152",
            "vlm_visual_tokens_out_total{method=\"pitome\"} 108",
            "vlm_image_compression_ratio_bucket{le=\"0.05\"} 0",
            "vlm_image_compression_ratio_bucket{le=\"0.1\"} 2",
            "vlm_image_compression_ratio_bucket{le=\"+Inf\"} 2",
            "vlm_time_to_first_token_seconds_bucket{le=\"0.01\"} 2",
            "vlm_time_to_first_token_seconds_count 2",
            "vlm_e2e_request_latency_seconds_sum 0.03",
            "vlm_request_time_per_output_token_seconds_count 2",
            "vlm_inter_token_latency_seconds_sum 0.01",
            "vlm_requests_merged_for_load_total 0",
            "vlm_ready 1",
        ];
        Assert.All(expected, line => Assert.Contains(line, lines));
        Assert.DoesNotContain(lines, l => l.Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_OfTheEngine_AreReadWhenAsked()
    {
        HttpClient client = await _app.ReadyClientAsync();
        _app.Model.Load = new EngineLoad(3, 2, 25, 100, 7) { PromptTokens = 90, CachedPromptTokens = 60, Pictures = 5, CachedPictures = 4 };

        string[] lines = await LinesAsync(client);

        string[] expected =
        [
            "vlm_num_requests_waiting 3", "vlm_num_requests_running 2", "vlm_kv_cache_usage_perc 0.75", "vlm_engine_steps_total 7",
            "vlm_prefix_cache_queries_total 90", "vlm_prefix_cache_hits_total 60", "vlm_image_cache_queries_total 5",
            "vlm_image_cache_hits_total 4",
        ];
        Assert.All(expected, line => Assert.Contains(line, lines));
    }

    [Fact]
    public async Task Metrics_OfRefusals_HaveReasonAndStatusAndNoPathOfTheClient()
    {
        ImageException cause = new(ImageErrorReason.Corrupt, "picture: expected one thing, found another.");
        _app.Model.Chat = (_, _) => FakeModel.Failing(new ChatInputException("images[0]", cause.Message, cause));
        HttpClient client = await _app.ReadyClientAsync();
        await client.ChatAsync($$"""{"prompt": "a", "image": "{{Http.Picture}}"}""");
        await client.GetAsync("/strange/path");

        string[] lines = await LinesAsync(client);

        Assert.Contains("vlm_images_refused_total{reason=\"Corrupt\"} 1", lines);
        Assert.Contains("vlm_http_requests_total{method=\"POST\",route=\"/chat\",status=\"400\"} 1", lines);
        Assert.Contains("vlm_http_requests_total{method=\"GET\",route=\"other\",status=\"404\"} 1", lines);
    }

    [Fact]
    public async Task Metrics_WhileLoading_AreServed()
    {
        _app.Model.Loading = new TaskCompletionSource().Task;

        string[] lines = await LinesAsync(_app.CreateClient());

        Assert.Contains("vlm_ready 0", lines);
    }

    [Fact]
    public async Task Metrics_EveryFamily_HasHelpAndTypeOnceAndAName()
    {
        string[] lines = await LinesAsync(await _app.ReadyClientAsync());

        string[] names = [.. lines.Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2])];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal(names, lines.Where(l => l.StartsWith("# HELP ", StringComparison.Ordinal)).Select(l => l.Split(' ')[2]));
        Assert.All(names, n => Assert.Matches("^vlm_[a-z0-9_]+$", n));
        Assert.All(
            lines.Where(l => l.StartsWith("# TYPE ", StringComparison.Ordinal)),
            l => Assert.Equal(l.EndsWith(" counter", StringComparison.Ordinal), l.Split(' ')[2].EndsWith("_total", StringComparison.Ordinal)));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<string[]> LinesAsync(HttpClient client)
    {
        HttpResponseMessage answer = await client.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        return (await answer.Content.ReadAsStringAsync()).Split('\n');
    }
}
