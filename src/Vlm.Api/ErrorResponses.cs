using System.Collections.ObjectModel;
using System.Net.Mime;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Vlm.Api.Access;
using Vlm.Api.Contracts;
using Vlm.Api.Metrics;
using Vlm.Api.Options;
using Vlm.Api.Requests;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Vlm.Api;

/// <summary>Exception to status and body: the only mapping.</summary>
internal static partial class ErrorResponses
{
    /// <summary>Status that is logged when the client has left (nginx's number; nobody receives it).</summary>
    public const int ClientClosedRequest = 499;

    /// <summary>Media type of an error.</summary>
    public const string MediaType = MediaTypeNames.Application.ProblemJson;

    /// <summary>Middleware: turns exceptions of everything inside into answers.</summary>
    public static async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            NoteClientLeft(http);
        }
        catch (Exception error) when (!http.Response.HasStarted)
        {
            await WriteAsync(http, From(error, http));
        }
    }

    /// <summary>Gives a body to an answer that only has a status, such as 404 and 405 of the router.</summary>
    public static Task DescribeStatusAsync(StatusCodeContext context)
    {
        HttpContext http = context.HttpContext;
        int status = http.Response.StatusCode;
        HeadRequests.Allow(http.Response);
        return WriteAsync(http, Make(http, status, $"{http.Request.Method} {http.Request.Path}: {ReasonPhrases.GetReasonPhrase(status)}."));
    }

    /// <summary>The problem that an exception stands for; an unexpected one goes to the log.</summary>
    public static Problem From(Exception error, HttpContext http)
    {
        switch (error)
        {
            case RequestException wrong:
                return Make(http, (int)wrong.Kind, wrong.Message, wrong.Errors);
            case ChatInputException wrong:
                CountRefused(wrong, http);
                string? code = wrong.ExceedsContext ? OpenAiError.ContextLengthExceeded : null;
                return Make(http, (int)wrong.All.Min(KindOf), wrong.Message, Errors(wrong, http), code);
            case UnauthorizedException wrong:
                return Make(http, StatusCodes.Status401Unauthorized, wrong.Message, wrong.Errors);
            case DeadlineException:
                return Make(http, StatusCodes.Status408RequestTimeout, error.Message);
            case UnsupportedMediaException wrong:
                return Make(http, StatusCodes.Status415UnsupportedMediaType, wrong.Message, wrong.Errors);
            case BadHttpRequestException bad:
                return Make(http, bad.StatusCode, bad.Message, Single("body", bad.Message));
            case KeyLimitException limit:
                RequestFacts.Of(http).RetryAfter = limit.Wait;
                return Make(http, StatusCodes.Status429TooManyRequests, error.Message);
            case BodiesFullException:
                return Make(http, StatusCodes.Status429TooManyRequests, error.Message);
            case QueueFullException:
                RequestFacts.Of(http).RetryAfter = UntilPlace(http);
                return Make(http, StatusCodes.Status429TooManyRequests, error.Message);
            case NotReadyException or EngineUnavailableException:
                return Make(http, StatusCodes.Status503ServiceUnavailable, error.Message);
            default:
                Logger(http).RequestFailed(RequestFacts.TraceId(http), error);
                return Make(http, StatusCodes.Status500InternalServerError, null);
        }
    }

    /// <summary>Marks a request whose client has left, for the log.</summary>
    public static void NoteClientLeft(HttpContext http)
    {
        RequestFacts.Of(http).Status = ClientClosedRequest;
        if (!http.Response.HasStarted)
        {
            http.Response.StatusCode = ClientClosedRequest;
        }
    }

    private static async Task WriteAsync(HttpContext http, Problem problem)
    {
        http.Response.StatusCode = problem.Status;
        LetFinish(http);
        if (problem.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = RetryAfter(http);
        }

        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        JsonSerializerOptions json = http.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await http.Response.WriteAsJsonAsync(problem, problem.GetType(), json, MediaType, http.RequestAborted);
    }

    /// <summary>A client that still sends when the connection closes never sees the answer. Without a limit Kestrel takes and drops what
    /// comes, for 5 s at most.</summary>
    private static void LetFinish(HttpContext http)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = null;
        }
    }

    private static TimeSpan? UntilPlace(HttpContext http) =>
        http.RequestServices.GetRequiredService<EngineHost>().LoadedOrNull is { } model
            ? http.RequestServices.GetRequiredService<AnswerPace>().UntilPlace(model.Engine.Load)
            : null;

    /// <summary>Seconds after which a refused client may try again, whole ones from 1.</summary>
    public static string RetryAfter(HttpContext http)
    {
        int seconds = RequestFacts.Of(http).RetryAfter is { } wait
            ? (int)Math.Max(1, Math.Ceiling(wait.TotalSeconds))
            : http.RequestServices.GetRequiredService<IOptions<LimitsOptions>>().Value.RetryAfterSeconds;
        return seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Problem Make(
        HttpContext http, int status, string? detail, IReadOnlyDictionary<string, string[]>? errors = null, string? code = null)
    {
        string title = status == StatusCodes.Status422UnprocessableEntity ? "Unprocessable Content" : ReasonPhrases.GetReasonPhrase(status);
        Problem problem = new()
        {
            Type = $"urn:problem-type:vlm:{title.ToLowerInvariant().Replace(' ', '-')}",
            Title = title,
            Status = status,
            Detail = detail,
            Errors = errors ?? (status == StatusCodes.Status500InternalServerError ? null : ReadOnlyDictionary<string, string[]>.Empty),
            TraceId = RequestFacts.TraceId(http),
        };
        return http.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal) ? new OpenAiProblem(problem, code) : problem;
    }

    private static void CountRefused(ChatInputException wrong, HttpContext http)
    {
        var metrics = http.RequestServices.GetRequiredService<ApiMetrics>();
        foreach (ImageException picture in wrong.All.Select(w => w.InnerException).OfType<ImageException>())
        {
            metrics.CountRefused(picture.Reason);
        }
    }

    private static Dictionary<string, string[]> Errors(ChatInputException wrong, HttpContext http) =>
        wrong.All.GroupBy(w => FieldOf(w, http)).ToDictionary(g => g.Key, g => g.Select(w => w.Message).ToArray());

    private static FaultKind KindOf(ChatInputException wrong) => (wrong.InnerException as ImageException)?.Reason.Kind() ?? FaultKind.Invalid;

    /// <summary>The chat service knows messages and numbered pictures; the client knows the fields that they came in.</summary>
    private static string FieldOf(ChatInputException wrong, HttpContext http)
    {
        if (RequestFacts.Of(http).Sources is not { } sources)
        {
            return wrong.Field;
        }

        Match picture = PictureField().Match(wrong.Field);
        return picture.Success && int.TryParse(picture.Groups[1].ValueSpan, out int index) && index < sources.Pictures.Count
            ? sources.Pictures[index]
            : wrong.Field == "messages" ? sources.Text
            : wrong.Field == "max_tokens" ? sources.MaxTokens
            : wrong.Field;
    }

    private static Dictionary<string, string[]> Single(string field, string message) => new() { [field] = [message] };

    private static ILogger Logger(HttpContext http) =>
        http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Vlm.Api.Errors");

    [GeneratedRegex(@"^images\[(\d+)\]$")]
    private static partial Regex PictureField();
}
