using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Text;
using Vlm.Testing;

namespace Vlm.Core.Tests.Chat;

/// <summary>Every golden case that the merging methods allow, from picture file and messages to text, through the whole
/// engine in float64.</summary>
public class GoldenChatTests
{
    [SkippableTheory]
    [InlineData("tiny-336", 13)]
    [InlineData("tiny-112-gqa", 4)]
    [InlineData("tiny-56-full", 4)]
    [InlineData("tiny-original", 3)]
    public async Task ChatAsync_GoldenCases_GiveIdsAndTextOneByOneAndAllAtOnce(string checkpoint, int atLeast)
    {
        var cases = GoldenChat.Load().Where(golden => golden.Checkpoint == checkpoint && golden.IsOffered).ToList();
        Assert.True(cases.Count >= atLeast, $"Cases of {checkpoint}: expected {atLeast} or more, found {cases.Count}.");
        var folder = Golden.Folder("checkpoints", checkpoint);
        using var source = ModelSource.Open(folder, dtype: "float64");
        await using var engine = VlmEngine.Start(source, new EngineOptions { MaxEncodeBatch = 4 });
        await engine.Ready;
        using var byPrefixRule = new GoldenServices(engine, source, folder);
        foreach (var golden in cases)
        {
            await CheckAsync(byPrefixRule, golden);
        }

        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => CheckAsync(byPrefixRule, cases[i % cases.Count])));
    }

    private static async Task CheckAsync(GoldenServices services, GoldenChat golden)
    {
        var result = await services.AskAsync(golden);
        var what = $"{golden.Name}: ";
        Assert.Equal(what + string.Join(' ', golden.Expect.Ids), what + string.Join(' ', result.TokenIds!));
        Assert.Equal(golden.Expect.Text, result.Answer);
        Assert.Equal(golden.Expect.SequenceLength, result.Usage.PromptTokens);
        Assert.Equal(golden.Expect.VisualTokens, result.Usage.Images.Select(image => image.Tokens));
    }
}

/// <summary>One engine behind the two tokenizer rules that the cases ask for.</summary>
internal sealed class GoldenServices(VlmEngine engine, ModelSource source, string folder) : IDisposable
{
    private readonly Dictionary<string, (LlamaTokenizer Tokenizer, ChatPreparer Preparer)> _byRule = new()
    {
        ["original"] = Create(source, folder, PrefixRule.Original),
        ["hf_fast"] = Create(source, folder, PrefixRule.EverySegment),
    };

    public async Task<ChatResult> AskAsync(GoldenChat golden)
    {
        var service = new ChatService(engine, _byRule[golden.Tokenizer].Preparer);
        await foreach (var item in service.ChatAsync(golden.ToInput()))
        {
            if (item is ChatEvent.Done done)
            {
                return done.Result;
            }
        }

        throw new InvalidOperationException($"{golden.Name}: expected a result, found none.");
    }

    public void Dispose()
    {
        foreach (var (tokenizer, preparer) in _byRule.Values)
        {
            preparer.Dispose();
            tokenizer.Dispose();
        }
    }

    private static (LlamaTokenizer Tokenizer, ChatPreparer Preparer) Create(
        ModelSource source, string folder, PrefixRule rule)
    {
        var tokenizer = LlamaTokenizer.Load(folder, rule);
        return (tokenizer, new ChatPreparer(tokenizer, source.Preprocessor, source.Description));
    }
}
