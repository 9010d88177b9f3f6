using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Vlm.Client;
using Vlm.Testing;

namespace Vlm.Clients.Tests;

/// <summary>The types of the C# client are those of the document.</summary>
public sealed class ClientTypesTests
{
    private static readonly JsonNode Schemas =
        JsonNode.Parse(File.ReadAllText(Path.Combine(Golden.Root, "docs", "openapi.json")))!["components"]!["schemas"]!;

    public static TheoryData<Type, string> Answers => new()
    {
        { typeof(ChatAnswer), "ChatResult" },
        { typeof(Usage), "ChatUsage" },
        { typeof(ImageUsage), "ImageUsage" },
        { typeof(Timings), "ChatTimings" },
        { typeof(ChoiceScore), "ChoiceScore" },
        { typeof(TokenScores), "TokenLogprobs" },
        { typeof(TokenScore), "TokenLogprob" },
        { typeof(Problem), "Problem" },
        { typeof(MergeCatalogue), "MergeCatalogue" },
        { typeof(MergeMethod), "MergeMethod" },
        { typeof(MergeOption), "MergeOptionEntry" },
        { typeof(MergeProfile), "MergeProfile" },
        { typeof(RatioTokens), "RatioTokenCount" },
        { typeof(ChatQuestion), "ChatRequest" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Type_Members_AreThoseOfItsSchema(Type type, string schema) => Assert.Equal(
        Schemas[schema]!["properties"]!.AsObject().Select(p => p.Key).Order(StringComparer.Ordinal),
        Members(type).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData(typeof(MergeSetting), "MergeChoice")]
    [InlineData(typeof(Turn), "ChatTurn")]
    public void Type_Members_AreAllInItsSchema(Type type, string schema) =>
        Assert.Empty(Members(type).Except(Schemas[schema]!["properties"]!.AsObject().Select(p => p.Key)));

    private static IEnumerable<string> Members(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(p => p.GetCustomAttribute<JsonIgnoreAttribute>() is null)
        .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name));
}
