using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Tests.Engine;
using Vlm.Core.Text;

namespace Vlm.Core.Tests.Chat;

/// <summary>Picture file and prompt in, text out, on a random checkpoint made here.</summary>
public class ChatEngineTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    [Fact]
    public async Task ChatAsync_SixteenAtOnceWithMixedMergeSettings_AnswersAsOneByOne()
    {
        await using var engine = VlmEngine.Start(fixture.Source, new EngineOptions());
        await engine.Ready;
        using var preparer = new ChatPreparer(fixture.Source.Tokenizer, fixture.Source.Preprocessor, engine.Model);
        var service = new ChatService(engine, preparer);
        List<ChatResult> oneByOne = [];
        for (var i = 0; i < 16; i++)
        {
            oneByOne.Add(await AskAsync(service, Question(i)));
        }

        var atOnce = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => AskAsync(service, Question(i))));
        Assert.Equal(oneByOne.Select(Summary), atOnce.Select(Summary));
    }

    private static string Summary(ChatResult result) =>
        $"{result.Answer} | {string.Join(' ', result.TokenIds!)} | {result.Usage.PromptTokens} | {result.FinishReason}";

    private static ChatInput Question(int i) => new()
    {
        Messages = [new(ChatMessage.User, [new ChatPart.Image(0), new ChatPart.Text($"What is in picture {i}?")])],
        Images = [Pictures.Bmp(20 + i, 30, seed: i)],
        Merge = EngineFixture.Merges[i % 4],
        Sampling = new SamplingOptions { MaxTokens = 5 + (i % 4) },
        ReturnTokenIds = true,
    };

    // Checks on the way that the pieces are never empty and joined are the answer.
    private static async Task<ChatResult> AskAsync(ChatService service, ChatInput input)
    {
        List<string> pieces = [];
        await foreach (var item in service.ChatAsync(input))
        {
            if (item is ChatEvent.Done done)
            {
                Assert.Equal(done.Result.Answer, string.Concat(pieces));
                return done.Result;
            }

            pieces.Add(Assert.IsType<ChatEvent.Piece>(item).Text);
            Assert.NotEmpty(pieces[^1]);
        }

        throw new InvalidOperationException("Events: expected the result last, found none.");
    }
}
