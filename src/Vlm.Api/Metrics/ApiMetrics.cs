using System.Text;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;

namespace Vlm.Api.Metrics;

/// <summary>Everything that GET /metrics tells. Names follow vLLM's with the prefix <c>vlm_</c>; those of pictures are ours.</summary>
internal sealed class ApiMetrics
{
    private static readonly double[] Seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];
    private static readonly double[] Tokens = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
    private static readonly double[] Shares = [0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

    private readonly Counter _http = new("vlm_http_requests_total", "Requests answered, by route and status.", "method", "route", "status");
    private readonly Counter _finished = new("vlm_request_success_total", "Answers finished, by reason.", "finished_reason");
    private readonly Counter _prompt = new("vlm_prompt_tokens_total", "Prompt tokens of finished answers, visual tokens counted.");
    private readonly Counter _generation = new("vlm_generation_tokens_total", "Tokens generated in finished answers.");
    private readonly Counter _decoded = new("vlm_images_decoded_total", "Pictures decoded for finished answers.");
    private readonly Counter _refused = new("vlm_images_refused_total", "Pictures refused, by reason.", "reason");
    private readonly Counter _tokensIn = new("vlm_visual_tokens_in_total", "Visual tokens before merging, by method.", "method");
    private readonly Counter _tokensOut = new("vlm_visual_tokens_out_total", "Visual tokens after merging, by method.", "method");
    private readonly Histogram _compression = new("vlm_image_compression_ratio", "Share of visual tokens that merging leaves.", Shares);
    private readonly Histogram _firstToken = new("vlm_time_to_first_token_seconds", "From request to first token.", Seconds);
    private readonly Counter _forLoad = new("vlm_requests_merged_for_load_total", "Answers with fewer visual tokens because many requests waited.");
    private readonly Histogram _betweenTokens = new("vlm_inter_token_latency_seconds", "From each token of an answer to its next.", Seconds);
    private readonly Histogram _perToken = new("vlm_request_time_per_output_token_seconds", "Mean time between tokens of an answer.", Seconds);
    private readonly Histogram _endToEnd = new("vlm_e2e_request_latency_seconds", "From request to end of answer.", Seconds);
    private readonly Histogram _queue = new("vlm_request_queue_time_seconds", "Waiting for a place in the batch.", Seconds);
    private readonly Histogram _prefill = new("vlm_request_prefill_time_seconds", "Prompt to first token.", Seconds);
    private readonly Histogram _decode = new("vlm_request_decode_time_seconds", "First token to last.", Seconds);
    private readonly Histogram _imageSeconds = new("vlm_image_preprocess_seconds", "Decoding and resizing a request's pictures.", Seconds);
    private readonly Histogram _encode = new("vlm_image_encode_seconds", "Encoder batches with a request's pictures.", Seconds);
    private readonly Histogram _fetch = new("vlm_image_fetch_seconds", "Fetching a picture by URL.", Seconds);
    private readonly Histogram _promptSizes = new("vlm_request_prompt_tokens", "Prompt tokens of a request.", Tokens);
    private readonly Histogram _answerSizes = new("vlm_request_generation_tokens", "Tokens of an answer.", Tokens);
    private readonly MetricFamily[] _all;

    /// <summary>Metrics over an engine, which is asked when they are read.</summary>
    public ApiMetrics(EngineHost host)
    {
        _all =
        [
            .. Engine(host),
            _http, _finished, _prompt, _generation, _decoded, _refused, _tokensIn, _tokensOut, _forLoad, _compression, _firstToken,
            _betweenTokens, _perToken,
            _endToEnd, _queue, _prefill, _decode, _imageSeconds, _encode, _fetch, _promptSizes, _answerSizes,
        ];
    }

    /// <summary>Everything as of now, in Prometheus' text format.</summary>
    public string Text()
    {
        StringBuilder text = new();
        Array.ForEach(_all, family => family.Write(text));
        return text.ToString();
    }

    /// <summary>Counts a request that was answered, whatever the answer.</summary>
    public void CountRequest(string method, string route, string status) => _http.Add(1, method, route, status);

    /// <summary>Counts a picture that was refused.</summary>
    public void CountRefused(ImageErrorReason reason) => _refused.Add(1, reason.ToString());

    /// <summary>Notes how long a picture took to fetch.</summary>
    public void NoteFetch(TimeSpan time) => _fetch.Observe(time.TotalSeconds);

    /// <summary>Counts a finished answer.</summary>
    public void Count(ChatResult result)
    {
        _finished.Add(1, result.FinishReason.ToString().ToLowerInvariant());
        _prompt.Add(result.Usage.PromptTokens);
        _generation.Add(result.Usage.CompletionTokens);
        _promptSizes.Observe(result.Usage.PromptTokens);
        _answerSizes.Observe(result.Usage.CompletionTokens);
        Count(result.Timings, result.Usage.CompletionTokens);
        _forLoad.Add(result.Usage.MergedForLoad == true ? 1 : 0);
        foreach (ImageUsage image in result.Usage.Images)
        {
            _decoded.Add(1);
            _tokensIn.Add(image.TokensFull, image.Method);
            _tokensOut.Add(image.Tokens, image.Method);
            _compression.Observe((double)image.Tokens / image.TokensFull);
        }

        if (result.Usage.Images.Count > 0)
        {
            _imageSeconds.Observe(result.Timings.ImageMs / 1000);
            _encode.Observe(result.Timings.EncodeMs / 1000);
        }
    }

    private void Count(ChatTimings timings, int tokens)
    {
        _firstToken.Observe(timings.TimeToFirstTokenMs / 1000);
        _endToEnd.Observe(timings.TotalMs / 1000);
        _queue.Observe(timings.QueueMs / 1000);
        _prefill.Observe(timings.PrefillMs / 1000);
        _decode.Observe(timings.DecodeMs / 1000);
        foreach (TimeSpan gap in timings.TokenGaps)
        {
            _betweenTokens.Observe(gap.TotalSeconds);
        }

        if (tokens > 1)
        {
            _perToken.Observe(timings.DecodeMs / 1000 / (tokens - 1));
        }
    }

    private static IEnumerable<Probe> Engine(EngineHost host)
    {
        Probe Gauge(string name, string help, Func<EngineLoad, double> read) => Read(name, "gauge", help, read);
        Probe Total(string name, string help, Func<EngineLoad, double> read) => Read(name, "counter", help, read);
        Probe Read(string name, string kind, string help, Func<EngineLoad, double> read) =>
            new(name, kind, help, () => host.LoadedOrNull is { } model ? read(model.Engine.Load) : null);

        yield return new("vlm_ready", "gauge", "Whether requests are answered.", () => host.IsReady ? 1 : 0);
        yield return Gauge("vlm_num_requests_running", "Requests in the batch.", l => l.Running);
        yield return Gauge("vlm_num_requests_waiting", "Requests that wait for a place.", l => l.Waiting);
        yield return Gauge("vlm_kv_cache_usage_perc", "Share of the KV cache that requests hold, 1 for all.", l => 1 - ((double)l.FreeBlocks / l.Blocks));
        yield return Total("vlm_engine_steps_total", "Steps of the engine.", l => l.Steps);
        yield return Total("vlm_prefix_cache_queries_total", "Prompt tokens looked up in the prefix cache.", l => l.PromptTokens);
        yield return Total("vlm_prefix_cache_hits_total", "Prompt tokens found in the prefix cache.", l => l.CachedPromptTokens);
        yield return Total("vlm_image_cache_queries_total", "Pictures looked up in the feature cache.", l => l.Pictures);
        yield return Total("vlm_image_cache_hits_total", "Pictures found in the feature cache.", l => l.CachedPictures);
        yield return Gauge("vlm_image_cache_bytes", "Bytes of features that no request shows.", l => l.ImageCacheBytes);
        yield return Total("vlm_num_preemptions_total", "Requests put back into the queue; admission reserves all, so none ever is.", _ => 0);
    }
}
