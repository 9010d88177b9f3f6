using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.WebUtilities;
using System.Text.Json.Serialization;

namespace Vlm.Api.Contracts;

/// <summary>An error under /v1: a problem of RFC 9457 that also has the member which OpenAI's clients read.</summary>
public sealed record OpenAiProblem : Problem
{
    /// <summary>For the serializer.</summary>
    public OpenAiProblem()
    {
    }

    /// <summary>The same error in both forms.</summary>
    /// <param name="problem">The error.</param>
    /// <param name="code">Its kind where neither status nor fields tell it.</param>
    [SetsRequiredMembers]
    public OpenAiProblem(Problem problem, string? code = null)
        : base(problem)
    {
        Error = new(
            problem.Detail ?? ReasonPhrases.GetReasonPhrase(problem.Status),
            TypeOf(problem.Status),
            problem.Errors?.Keys.FirstOrDefault(),
            code ?? CodeOf(problem));
    }

    /// <summary>The error in OpenAI's form.</summary>
    public required OpenAiError Error { get; init; }

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        408 => "timeout_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string? CodeOf(Problem problem) => problem.Status switch
    {
        401 => "invalid_api_key",
        404 when problem.Errors?.ContainsKey("model") == true => "model_not_found",
        404 when problem.Errors?.Keys.Any(k => k.EndsWith("image_id", StringComparison.Ordinal)) == true => "image_not_found",
        429 => "rate_limit_exceeded",
        _ => null,
    };
}

/// <summary>An error as OpenAI has it.</summary>
/// <param name="Message">What happened.</param>
/// <param name="Type">The kind of error.</param>
/// <param name="Param">The wrong field, the first of several.</param>
/// <param name="Code">The kind more exactly, where there is one.</param>
public sealed record OpenAiError(
    string Message,
    string Type,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Param,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code)
{
    /// <summary>Code of a prompt that does not fit the model's context, with its answer.</summary>
    internal const string ContextLengthExceeded = "context_length_exceeded";
}
