using System.Text.Json;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Eval.Golden;

/// <summary>One end-to-end case of the golden data: request and expected results (golden README, "A case").</summary>
public sealed record GoldenCase
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>File name without extension.</summary>
    public string Name { get; private init; } = "";

    /// <summary>Golden folder.</summary>
    public string Folder { get; private init; } = "";

    public required string Checkpoint { get; init; }
    public required string[] Images { get; init; }
    public required GoldenMessage[] Messages { get; init; }
    public required string Template { get; init; }
    public required string Tokenizer { get; init; }
    public required string Geometry { get; init; }
    public required bool ApplyExif { get; init; }
    public GoldenMerge? Merge { get; init; }
    public required int MaxNewTokens { get; init; }
    public required string Prompt { get; init; }
    public required GoldenExpectation Expect { get; init; }

    /// <summary>Reads one case.</summary>
    public static GoldenCase Load(string path)
    {
        GoldenCase read = JsonSerializer.Deserialize<GoldenCase>(File.ReadAllText(path), Json)
            ?? throw new InvalidDataException($"{path}: expected a case, found null.");
        return read with
        {
            Name = Path.GetFileNameWithoutExtension(path),
            Folder = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(path)))!,
        };
    }

    /// <summary>All cases of a golden folder, in order of their names.</summary>
    public static IEnumerable<GoldenCase> LoadAll(string folder)
    {
        string cases = Path.Combine(folder, "cases");
        return Directory.Exists(cases) ? Directory.GetFiles(cases, "*.json").Order(StringComparer.Ordinal).Select(Load) : [];
    }

    /// <summary>The merge setting, or the reason why this build cannot run it.</summary>
    /// <exception cref="SkippedException">The method or profile is not part of this build.</exception>
    public MergeSpec MergeSpec()
    {
        if (Merge is null)
        {
            return Vlm.Merge.MergeSpec.None;
        }

        MergeMethodInfo? method = TokenMergers.All.FirstOrDefault(m => m.Name == Merge.Method);
        if (method is null || method.Profiles.All(profile => profile.Name != Merge.Profile))
        {
            throw new SkippedException($"{Merge.Method}/{Merge.Profile}: this build has no such merging method");
        }

        return new MergeSpec(Merge.Method, Merge.Profile, Merge.Ratio);
    }

    /// <summary>The conversation as the library's messages; picture i is <c>Images[i]</c>.</summary>
    public IReadOnlyList<ChatMessage> ChatMessages()
    {
        int picture = 0;
        List<ChatMessage> messages = [];
        foreach (GoldenMessage message in Messages)
        {
            List<ChatPart> parts = [];
            for (int i = 0; i < message.Images; i++)
            {
                parts.Add(new ChatPart.Image(picture++));
            }

            parts.Add(new ChatPart.Text(message.Content));
            messages.Add(new ChatMessage(message.Role, parts));
        }

        return messages;
    }

    /// <summary>Template by its wire name.</summary>
    public TemplateName TemplateName() => Template switch
    {
        "hf" => Core.Text.TemplateName.Hf,
        "vicuna_v1" => Core.Text.TemplateName.VicunaV1,
        "llava_v1" => Core.Text.TemplateName.LlavaV1,
        _ => throw new SkippedException($"template {Template}: unknown to this build"),
    };

    /// <summary>Prefix rule of the tokenizer that made the prompt ids.</summary>
    public PrefixRule PrefixRule() => Tokenizer switch
    {
        "hf_fast" => Core.Text.PrefixRule.EverySegment,
        "original" => Core.Text.PrefixRule.Original,
        _ => throw new SkippedException($"tokenizer {Tokenizer}: unknown to this build"),
    };

    /// <summary>Picture geometry by its wire name.</summary>
    public ImageGeometry ImageGeometry() => Geometry == "pad" ? Core.Imaging.ImageGeometry.Pad : Core.Imaging.ImageGeometry.Crop;

    /// <summary>Bytes of picture <paramref name="index"/>.</summary>
    public byte[] ImageBytes(int index) => File.ReadAllBytes(Path.Combine(Folder, "images", Images[index]));
}

/// <summary>A turn of the conversation; <paramref name="Images"/> pictures stand in front of it.</summary>
public sealed record GoldenMessage(string Role, string Content, int Images = 0);

/// <summary>A merge setting.</summary>
public sealed record GoldenMerge(string Method, string Profile, double Ratio);

/// <summary>What the reference answered.</summary>
public sealed record GoldenExpectation
{
    public required int[] PromptIds { get; init; }
    public required int[] VisualTokens { get; init; }
    public required int SequenceLength { get; init; }
    public required int[] Ids { get; init; }
    public required string Text { get; init; }
    public required double MinLogitGap { get; init; }
    public double? MinDecisionGap { get; init; }
    public required bool Float32Safe { get; init; }
    public required string Tensors { get; init; }
}
