using System.Text.Json;
using Vlm.Core.Text;
using Vlm.Testing;

namespace Vlm.Core.Tests.Text;

/// <summary>Prompt, prompt ids and answer text of every end-to-end reference case.</summary>
public sealed class GoldenCaseTests
{
    private const int ReferenceImageId = 32000;

    [SkippableFact]
    public void Render_EveryCase_GivesReferencePrompt() => ForEachCase((_, reference, prompt) =>
        Assert.Equal(reference.GetProperty("prompt").GetString(), ChatTemplate.ToText(prompt)));

    [SkippableFact]
    public void Encode_EveryCase_GivesReferenceIds() => ForEachCase((tokenizer, reference, prompt) =>
    {
        int[] expected = TextFixtures.Ints(reference.GetProperty("expect").GetProperty("prompt_ids"));
        Assert.Equal(
            expected.Select(id => id == ReferenceImageId ? LlamaTokenizer.ImagePlaceholder : id),
            tokenizer.Encode(prompt));
    });

    [SkippableFact]
    public void Decode_EveryCase_GivesReferenceText() => ForEachCase((tokenizer, reference, _) =>
    {
        JsonElement expected = reference.GetProperty("expect");
        string text = tokenizer.Decode(TextFixtures.Ints(expected.GetProperty("ids")));
        Assert.Equal(expected.GetProperty("text").GetString(), text.Trim());
    });

    private static void ForEachCase(Action<LlamaTokenizer, JsonElement, IReadOnlyList<PromptSegment>> check)
    {
        string[] files = Directory.GetFiles(Golden.Folder("cases"), "*.json");
        Assert.NotEmpty(files);
        Dictionary<(string, string), LlamaTokenizer> tokenizers = [];
        Assert.All(files, file =>
        {
            JsonElement reference = TextFixtures.ReadJson(file);
            (string Checkpoint, string Tokenizer) key =
                (reference.GetProperty("checkpoint").GetString()!, reference.GetProperty("tokenizer").GetString()!);
            if (!tokenizers.TryGetValue(key, out LlamaTokenizer? tokenizer))
            {
                PrefixRule? rule = key.Tokenizer == "original" ? PrefixRule.Original : null;
                tokenizers[key] = tokenizer = LlamaTokenizer.Load(Golden.Folder("checkpoints", key.Checkpoint), rule);
            }

            TemplateName template = TemplateNames.Parse(reference.GetProperty("template").GetString()!);
            check(tokenizer, reference, ChatTemplate.Render(template, Messages(reference)));
        });
        foreach (LlamaTokenizer tokenizer in tokenizers.Values)
        {
            tokenizer.Dispose();
        }
    }

    private static List<ChatMessage> Messages(JsonElement reference)
    {
        int numImages = 0;
        List<ChatMessage> messages = [];
        foreach (JsonElement message in reference.GetProperty("messages").EnumerateArray())
        {
            // Replies have no such field.
            int numHere = message.TryGetProperty("images", out JsonElement images) ? images.GetInt32() : 0;
            List<ChatPart> parts = [.. Enumerable.Range(numImages, numHere).Select(index => new ChatPart.Image(index))];
            numImages += numHere;
            parts.Add(new ChatPart.Text(message.GetProperty("content").GetString()!));
            messages.Add(new ChatMessage(message.GetProperty("role").GetString()!, parts));
        }

        return messages;
    }
}
