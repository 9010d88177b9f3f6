using System.Diagnostics;
using Vlm.Api.Requests;
using Vlm.Core.Chat;

namespace Vlm.Api;

/// <summary>What the request log and error answers need to know of a request in flight.</summary>
internal sealed class RequestFacts
{
    /// <summary>The fields that its text and pictures came in, once read.</summary>
    public RequestSources? Sources { get; set; }

    /// <summary>The finished answer, for its counts.</summary>
    public ChatResult? Result { get; set; }

    /// <summary>Status to log when it differs from the one sent, as for a client that left.</summary>
    public int? Status { get; set; }

    /// <summary>When a refused client may try again, where that is known.</summary>
    public TimeSpan? RetryAfter { get; set; }

    /// <summary>The facts of this request.</summary>
    public static RequestFacts Of(HttpContext http)
    {
        if (http.Features.Get<RequestFacts>() is { } known)
        {
            return known;
        }

        RequestFacts created = new();
        http.Features.Set(created);
        return created;
    }

    /// <summary>Finds the request in the log: the W3C trace id where there is one.</summary>
    public static string TraceId(HttpContext http) => Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
}
