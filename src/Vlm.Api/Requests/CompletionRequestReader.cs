using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Vlm.Api.Contracts;
using Vlm.Api.Contracts.Completions;
using Vlm.Core.Engine;
using Vlm.Core.Engine.Constraints;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Vlm.Api.Requests;

/// <summary>A request in OpenAI's form that may go to the engine.</summary>
/// <param name="Chat">The same as POST /chat has it.</param>
/// <param name="IncludesUsage">Whether a stream ends with the token counts.</param>
/// <param name="ReturnsLogprobs">Whether log-probabilities are returned.</param>
/// <param name="NumTopLogprobs">Alternatives per token.</param>
internal sealed record CompletionCommand(ChatCommand Chat, bool IncludesUsage, bool ReturnsLogprobs, int NumTopLogprobs);

/// <summary>Reads and checks the body of POST /v1/chat/completions.</summary>
internal sealed class CompletionRequestReader(ChatRequestReader chat, IOptions<JsonOptions> json)
{
    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    /// <summary>Reads a request for a loaded model.</summary>
    /// <exception cref="RequestException">Anything is wrong with it; every wrong field is listed.</exception>
    /// <exception cref="UnsupportedMediaException">The body is no JSON.</exception>
    public async Task<CompletionCommand> ReadAsync(HttpRequest http, ModelDescription model, CancellationToken cancel)
    {
        RequestFaults faults = new();
        using RequestBody body = await RequestBody.ReadJsonAsync(http, cancel);
        CompletionRequest request = new JsonBinder(_json, faults).Bind<CompletionRequest>(body.Json.RootElement);
        ChatRequest asked = request.ToChat(model);
        ConversationReader reader = await chat.ConversationAsync(http, asked, faults, cancel, "image_url.url");
        Conversation conversation = reader.Read(asked, []);
        IReadOnlyDictionary<int, double> biases = ReadBiases(request.LogitBias, model, faults);
        Grammar? grammar = ReadFormat(request.ResponseFormat, faults);
        CheckTogether(request, faults);
        ChatCommand command = chat.Check(
            asked, conversation, model, faults, request.MaxCompletionTokens is null ? "max_tokens" : "max_completion_tokens");
        return new(
            command with
            {
                Input = command.Input with
                {
                    Id = $"chatcmpl-{Guid.NewGuid():N}",
                    NumAnswers = request.N,
                    ClipsMaxTokens = (request.MaxCompletionTokens ?? request.MaxTokens) is null,
                    Grammar = grammar,
                    Sampling = command.Input.Sampling with
                    {
                        FrequencyPenalty = request.FrequencyPenalty,
                        PresencePenalty = request.PresencePenalty,
                        LogitBias = biases,
                    },
                },
            },
            request.StreamOptions?.IncludeUsage == true,
            request.Logprobs,
            request.TopLogprobs);
    }

    private static void CheckTogether(CompletionRequest request, RequestFaults faults)
    {
        if (request.TopLogprobs > 0 && !request.Logprobs)
        {
            faults.Add("top_logprobs", "expected logprobs to be true where this is above 0, found false.");
        }

        if (request.StreamOptions is not null && !request.Stream)
        {
            faults.Add("stream_options", "expected stream to be true where this is given, found false.");
        }

        CheckTools(request.Tools, request.ToolChoice, "tools", "tool_choice", faults);
        CheckTools(request.Functions, request.FunctionCall, "functions", "function_call", faults);
    }

    private static void CheckTools(IReadOnlyList<JsonElement>? tools, JsonElement? choice, string name, string choiceName, RequestFaults faults)
    {
        bool isNone = choice is { ValueKind: JsonValueKind.String } text && text.ValueEquals("none");
        if (tools?.Count > 0 && !isNone)
        {
            faults.Add(name, string.Create(
                CultureInfo.InvariantCulture, $"expected none, or {choiceName} to be 'none', since the model calls no tools, found {tools.Count}."));
        }
    }

    private static Dictionary<int, double> ReadBiases(IReadOnlyDictionary<string, double>? given, ModelDescription model, RequestFaults faults)
    {
        Dictionary<int, double> biases = [];
        foreach ((string key, double bias) in given ?? ReadOnlyDictionary<string, double>.Empty)
        {
            string path = "logit_bias." + JsonScalars.Short(key);
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id) || id >= model.VocabSize)
            {
                faults.Add(path, $"expected a token id from 0 to {model.VocabSize - 1} as the name.");
            }
            else if (Math.Abs(bias) > CompletionRequest.MaxBias)
            {
                faults.Add(path, string.Create(CultureInfo.InvariantCulture, $"expected -{CompletionRequest.MaxBias} to {CompletionRequest.MaxBias}, found {bias}."));
            }
            else
            {
                biases[id] = bias; // "07" is "7"
            }
        }

        return biases;
    }

    private static Grammar? ReadFormat(ResponseFormat? format, RequestFaults faults)
    {
        switch (format)
        {
            case { Type: ResponseFormatType.JsonObject }:
                return JsonSchemaGrammar.AnyObject;
            case { Type: ResponseFormatType.JsonSchema, JsonSchema: { } named }:
                return ReadSchema(named.Schema, faults);
            case { Type: ResponseFormatType.JsonSchema } when !faults.Has("response_format.json_schema"):
                faults.Add("response_format.json_schema", "required for type json_schema, found nothing.");
                return null;
            default:
                return null;
        }
    }

    private static Grammar? ReadSchema(JsonElement schema, RequestFaults faults)
    {
        try
        {
            return schema.ValueKind == JsonValueKind.Undefined ? null : JsonSchemaGrammar.Compile(schema);
        }
        catch (ArgumentException wrong)
        {
            faults.Add("response_format.json_schema.schema", wrong.Message);
            return null;
        }
    }
}
