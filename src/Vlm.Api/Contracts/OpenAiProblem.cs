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
    [SetsRequiredMembers]
    public OpenAiProblem(Problem problem)
        : base(problem)
    {
        Error = new(
            problem.Detail ?? ReasonPhrases.GetReasonPhrase(problem.Status),
            TypeOf(problem.Status),
            problem.Errors?.Keys.FirstOrDefault(),
            CodeOf(problem));
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
        400 when problem.Detail?.Contains("tokens together", StringComparison.Ordinal) == true => "context_length_exceeded",
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
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Code);
