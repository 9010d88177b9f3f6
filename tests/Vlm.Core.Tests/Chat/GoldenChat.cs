using System.Text.Json;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;
using Vlm.Testing;

namespace Vlm.Core.Tests.Chat;

/// <summary>The request side of a golden case, with what must come back.</summary>
internal sealed record GoldenChat(
    string Checkpoint,
    IReadOnlyList<string> Images,
    IReadOnlyList<GoldenTurn> Messages,
    string Template,
    string Tokenizer,
    ImageGeometry Geometry,
    bool ApplyExif,
    GoldenMergeSetting? Merge,
    int MaxNewTokens,
    GoldenReply Expect)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public string Name { get; private init; } = "";

    public bool IsOffered => Merge is null || TokenMergers.All.Any(method => method.Name == Merge.Method);

    /// <summary>All cases, or a skipped test where the data is absent.</summary>
    public static IEnumerable<GoldenChat> Load() => Directory.GetFiles(Golden.Folder("cases"), "*.json").Order().Select(
        file => JsonSerializer.Deserialize<GoldenChat>(File.ReadAllText(file), Json)! with
        {
            Name = Path.GetFileNameWithoutExtension(file),
        });

    public ChatInput ToInput()
    {
        var nextPicture = 0;
        ChatMessage ToMessage(GoldenTurn turn)
        {
            var pictures = Enumerable.Range(0, turn.Images).Select(_ => new ChatPart.Image(nextPicture++)).ToList();
            return new ChatMessage(turn.Role, [.. pictures, new ChatPart.Text(turn.Content)]);
        }

        return new ChatInput
        {
            Messages = [.. Messages.Select(ToMessage)],
            Images = [.. Images.Select(name => File.ReadAllBytes(Golden.Folder("images", name)))],
            Merge = Merge is null ? MergeSpec.None : new MergeSpec(Merge.Method, Merge.Profile, Merge.Ratio),
            Sampling = new SamplingOptions { MaxTokens = MaxNewTokens },
            Template = TemplateNames.Parse(Template),
            Geometry = Geometry,
            ApplyExif = ApplyExif,
            ReturnTokenIds = true,
        };
    }
}

internal sealed record GoldenTurn(string Role, string Content, int Images);

internal sealed record GoldenMergeSetting(string Method, string Profile, double Ratio);

internal sealed record GoldenReply(
    IReadOnlyList<int> Ids, string Text, IReadOnlyList<int> VisualTokens, int SequenceLength);
