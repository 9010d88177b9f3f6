namespace Vlm.Api;

/// <summary>
/// Everything this project logs. Ids: 1000 start and stop, 1100 requests, 1200 faults. Never a prompt, a picture or an answer.
/// </summary>
internal static partial class LogEvents
{
    [LoggerMessage(1000, LogLevel.Information, "Model {Model} is ready after {Seconds:0.0} s; threads: {Threads}")]
    public static partial void ModelReady(this ILogger log, string model, double seconds, int threads);

    [LoggerMessage(1001, LogLevel.Information, "Loading was cancelled")]
    public static partial void LoadingCancelled(this ILogger log);

    [LoggerMessage(1002, LogLevel.Critical, "The model could not be loaded ({Kind}); the reason is on standard error")]
    public static partial void LoadingFailed(this ILogger log, string kind);

    [LoggerMessage(1003, LogLevel.Debug, "Why the model could not be loaded")]
    public static partial void LoadingFailedDetails(this ILogger log, Exception failure);

    [LoggerMessage(1004, LogLevel.Information, "Draining: running requests have {Seconds} s to finish")]
    public static partial void Draining(this ILogger log, int seconds);

    [LoggerMessage(1005, LogLevel.Warning, "The engine was still busy when the time to stop was over")]
    public static partial void StillBusy(this ILogger log);

    [LoggerMessage(1006, LogLevel.Information, "Loading {Folder} on {Device} as {Dtype}")]
    public static partial void Loading(this ILogger log, string folder, string device, string dtype);

    [LoggerMessage(1007, LogLevel.Critical, "The engine ended by itself; the server stops")]
    public static partial void EngineFailed(this ILogger log, Exception failure);

    [LoggerMessage(1100, LogLevel.Information, "{Method} {Path} {Status} in {ElapsedMs:0.0} ms, trace {TraceId}")]
    public static partial void Request(this ILogger log, string method, string path, int status, double elapsedMs, string traceId);

    [LoggerMessage(
        1101,
        LogLevel.Information,
        "{Method} {Path} {Status} in {ElapsedMs:0.0} ms, trace {TraceId}, {Id}: {PromptTokens} + {CompletionTokens} tokens, "
            + "{Images} pictures, {FinishReason}")]
    public static partial void ChatRequest(
        this ILogger log,
        string method,
        string path,
        int status,
        double elapsedMs,
        string traceId,
        string id,
        int promptTokens,
        int completionTokens,
        int images,
        string finishReason);

    [LoggerMessage(1200, LogLevel.Error, "Request failed, trace {TraceId}")]
    public static partial void RequestFailed(this ILogger log, string traceId, Exception failure);
}
