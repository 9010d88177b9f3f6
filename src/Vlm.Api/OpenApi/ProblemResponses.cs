using Vlm.Api.Contracts;

namespace Vlm.Api.OpenApi;

/// <summary>Documents the errors of a route.</summary>
internal static class ProblemResponses
{
    /// <summary>What each status means here.</summary>
    public static IReadOnlyDictionary<int, string> Meanings { get; } = new Dictionary<int, string>
    {
        [400] = "Malformed or out of range; every wrong field is listed in errors. Also: an unknown field, a picture that cannot be "
            + "decoded, pictures and image parts of different number, prompt and max_tokens above the context.",
        [401] = "No key or an unknown one in Authorization: Bearer, where the server has keys.",
        [404] = "No such model, or no picture of that image_id (any more).",
        [408] = "The request took longer than the server allows.",
        [413] = "Body or picture too large; the detail says the limit.",
        [415] = "Neither application/json in UTF-8 nor multipart/form-data.",
        [422] = "A picture format that is not allowed, or a URL that this server does not fetch.",
        [429] = "The queue is full, or a limit of the key is reached; try again after Retry-After.",
        [500] = "Internal error; the trace id finds it in the server's log.",
        [503] = "The model is loading or draining; try again after Retry-After.",
    };

    /// <summary>Adds answers of RFC 9457 for these statuses.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses) =>
        route.Produces<Problem>(statuses);

    /// <summary>Adds answers of a route under /v1 for these statuses.</summary>
    public static RouteHandlerBuilder ProducesOpenAiProblems(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses) =>
        route.Produces<OpenAiProblem>(statuses);

    private static RouteHandlerBuilder Produces<T>(this RouteHandlerBuilder route, ReadOnlySpan<int> statuses)
    {
        route.Produces<T>(StatusCodes.Status401Unauthorized, ErrorResponses.MediaType);
        foreach (int status in statuses)
        {
            route.Produces<T>(status, ErrorResponses.MediaType);
        }

        return route;
    }
}
