using System.Text.Json;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Tests.Engine;
using Vlm.Core.Text;
using Vlm.Merge;
using Vlm.Testing;

namespace Vlm.Core.Tests.Chat;

public sealed class ChatServiceTests : IClassFixture<EngineFixture>, IDisposable
{
    private readonly FakeEngine _engine;
    private readonly int _longestPiece;
    private readonly ChatPreparer _preparer;
    private readonly ChatService _service;

    public ChatServiceTests(EngineFixture fixture)
    {
        _engine = new FakeEngine { Model = fixture.Source.Description };
        _longestPiece = fixture.Source.Tokenizer.LongestPiece;
        _preparer = new ChatPreparer(
            fixture.Source.Tokenizer,
            fixture.Source.Preprocessor,
            fixture.Source.Description,
            defaultMerge: EngineFixture.Merges[1]);
        _service = new ChatService(_engine, _preparer);
    }

    public void Dispose() => _preparer.Dispose();

    [Fact]
    public async Task ChatAsync_Question_PiecesJoinedAreTheAnswer()
    {
        var (pieces, result) = await AskAsync(Question("What is it?"));
        Assert.Equal(["red", " car"], pieces);
        Assert.Equal("red car", result.Answer);
        Assert.Equal((FinishReason.Stop, "tiny"), (result.FinishReason, result.Model));
        Assert.Matches("^chat-[0-9a-f]{32}$", result.Id);
        Assert.Equal((2, 0), (result.Usage.CompletionTokens, result.Usage.CachedTokens));
        Assert.Equal(result.Usage.PromptTokens + 2, result.Usage.TotalTokens);
        Assert.Null(result.TokenIds);
        Assert.Null(result.Logprobs);
        Assert.Null(result.Choices);
    }

    [Fact]
    public async Task ChatAsync_Picture_IsDecodedMergedByDefaultAndCounted()
    {
        var (_, result) = await AskAsync(Question("What is it?", Pictures.Bmp(30, 20, seed: 1)));
        var visual = TokenMergers.VisualTokens(EngineFixture.Merges[1], _engine.Model.MergeShape);
        var image = Assert.Single(result.Usage.Images);
        Assert.Equal(new ImageUsage(30, 20, 16, visual, "pitome", "released", 0.9, Cached: false), image);
        var request = Assert.Single(_engine.Requests);
        Assert.Equal(56, Assert.Single(request.Images).Size);
        Assert.Equal(request.PromptIds.Count - 1 + visual, result.Usage.PromptTokens);
    }

    [Fact]
    public async Task ChatAsync_MergeOptions_AreToldInTheUsage()
    {
        var merge = MergeSpec.Parse("tome/paper:r=2,layers=odd");
        var (_, result) = await AskAsync(Question("What is it?", Pictures.Bmp(30, 20, seed: 1)) with { Merge = merge });
        var image = Assert.Single(result.Usage.Images);
        Assert.Equal(("tome", "paper", "layers=odd,r=2"), (image.Method, image.Profile, image.Options));
        Assert.Equal(TokenMergers.VisualTokens(merge, _engine.Model.MergeShape), image.Tokens);
    }

    [Fact]
    public async Task ChatAsync_ExtrasAskedFor_AreThere()
    {
        var input = Question("Hi") with { ReturnTokenIds = true, Sampling = new SamplingOptions { Logprobs = 2 } };
        var (_, result) = await AskAsync(input);
        Assert.Equal([100, 101], result.TokenIds);
        Assert.Equal(["red", " car"], result.Logprobs!.Select(token => token.Chosen.Text));
    }

    [Fact]
    public async Task ChatAsync_Choices_AnswersTheMostProbable()
    {
        _engine.ChoiceLogprobs = [-3.5, -0.25, -0.25];
        var (pieces, result) = await AskAsync(
            Question("Is it?") with { Choices = ["yes", "no", "maybe"], ReturnTokenIds = true });
        Assert.Equal(["no"], pieces);
        Assert.Equal("no", result.Answer);
        Assert.Equal([new("yes", -3.5), new("no", -0.25), new ChoiceScore("maybe", -0.25)], result.Choices);
        Assert.Equal(Assert.Single(_engine.Requests).Choices![1], result.TokenIds);
    }

    [Fact]
    public async Task ChatAsync_TwoPicturesUndecodable_NamesBoth()
    {
        var input = Question("What?", [1, 2, 3], Pictures.Bmp(8, 8, seed: 1), [4]);

        var error = await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(input));

        Assert.Equal(["images[0]", "images[2]"], error.All.Select(wrong => wrong.Field));
        Assert.All(error.All, wrong => Assert.IsType<ImageException>(wrong.InnerException));
    }

    [Fact]
    public async Task ChatAsync_PictureUndecodable_NamesItsField()
    {
        var input = Question("What?", Pictures.Bmp(8, 8, seed: 1), [1, 2, 3]);
        var error = await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(input));
        Assert.Equal("images[1]", error.Field);
        Assert.Equal(ImageErrorReason.UnknownFormat, Assert.IsType<ImageException>(error.InnerException).Reason);
        Assert.Empty(_engine.Requests);
    }

    [Fact]
    public async Task ChatAsync_PicturesAndPlacesDiffer_IsRefused()
    {
        var input = Question("What?") with { Images = [Pictures.Bmp(8, 8, seed: 1)] };
        var error = await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(input));
        Assert.Equal("images", error.Field);
        Assert.Equal("images: expected 0, one for each place in the messages, found 1.", error.Message);
    }

    [Fact]
    public async Task ChatAsync_AnswerDoesNotFit_NamesMaxTokens()
    {
        var input = Question("Hi") with { Sampling = new SamplingOptions { MaxTokens = 512 } };
        var error = await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(input));
        Assert.Equal(("max_tokens", true), (error.Field, error.ExceedsContext));
        Assert.Matches(
            @"^prompt and max_tokens: expected at most 512 tokens together, found \d+ \+ 512\.$", error.Message);
    }

    [Fact]
    public async Task ChatAsync_PromptDoesNotFit_NamesMessages()
    {
        var error = await Assert.ThrowsAsync<ChatInputException>(
            () => AskAsync(Question(string.Concat(Enumerable.Repeat("1 2 3 ", 400)))));
        Assert.Equal("messages", error.Field);
    }

    [Theory]
    [InlineData("messages")]
    [InlineData("choices")]
    public async Task ChatAsync_TextThatCannotFitWhateverItsTokens_IsRefusedBeforeItIsEncoded(string field)
    {
        var most = 512 * _longestPiece;
        var text = new string('a', most + 1);

        var error = await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(
            field == "messages" ? Question(text) : Question("Is it?") with { Choices = ["yes", text] }));

        Assert.Equal((field, true), (error.Field, error.ExceedsContext));
        Assert.Matches(
            $"^{field}: expected at most 512 tokens, which have at most {most} characters, found [0-9]+ characters.$", error.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task ChatAsync_Prepared_KeepsItsPlacesUntilItsAnswersEnd(int numAnswers)
    {
        _engine.MaxRequests = numAnswers;
        _engine.Gate = new TaskCompletionSource();
        List<int> places = [];

        await foreach (var _ in _service.ChatAsync(Question("Hi") with { NumAnswers = numAnswers }))
        {
            places.Add(_engine.NumReserved);
            _engine.Gate.TrySetResult();
        }

        Assert.Equal(numAnswers, _engine.NumReservedThen);
        Assert.Equal(numAnswers, places[0]);
        Assert.Equal(0, _engine.NumReserved);
    }

    [Fact]
    public async Task ChatAsync_CannotBeAsked_GivesItsPlacesBack()
    {
        await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(Question("What?", [1, 2, 3]) with { NumAnswers = 2 }));

        Assert.Equal(0, _engine.NumReserved);
    }

    [Fact]
    public async Task ChatAsync_MoreAnswersThanPlaces_IsRefusedForGood()
    {
        _engine.MaxRequests = 2;

        var error = await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(Question("Hi") with { NumAnswers = 3 }));

        Assert.Equal(("n", "n: expected at most 2 answers, as many as run and wait at once, found 3."), (error.Field, error.Message));
    }

    [Fact]
    public async Task ChatAsync_LastTurnIsNotTheUsers_NamesMessages()
    {
        var input = new ChatInput { Messages = [new ChatMessage(ChatMessage.Assistant, "Hi")] };
        Assert.Equal("messages", (await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(input))).Field);
    }

    [Fact]
    public async Task ChatAsync_SamplingOutOfRange_NamesTheField()
    {
        var input = Question("Hi") with { Sampling = new SamplingOptions { TopP = 0 } };
        var error = await Assert.ThrowsAsync<ChatInputException>(() => AskAsync(input));
        Assert.Equal(("top_p", "top_p: expected above 0 to 1, found 0."), (error.Field, error.Message));
    }

    [Fact]
    public async Task ChatAsync_EngineLoading_IsUnavailableBeforeAnyWork()
    {
        _engine.Status = EngineStatus.Loading;
        var error = await Assert.ThrowsAsync<EngineUnavailableException>(() => AskAsync(Question("What?", [0])));
        Assert.Equal(EngineStatus.Loading, error.Status);
    }

    [Fact]
    public async Task ChatAsync_EngineFailsAfterFirstToken_ThrowsTheCause()
    {
        (_engine.Failure, _engine.FailAfter) = (new InvalidOperationException("broken"), 1);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => AskAsync(Question("Hi")));
        Assert.Same(_engine.Failure, error);
    }

    [Fact]
    public async Task ChatAsync_Cancelled_LeavesTheEngine()
    {
        _engine.Gate = new TaskCompletionSource();
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in _service.ChatAsync(Question("Hi"), cancel.Token))
            {
                cancel.Cancel();
            }
        });
        await _engine.Abandoned.Task;
    }

    [Fact]
    public async Task Options_Result_IsTheResponseObject()
    {
        var (_, result) = await AskAsync(
            Question("Is it?", Pictures.Bmp(4, 4, seed: 1)) with { Choices = ["yes", "no"], Merge = MergeSpec.None });
        result = result with
        {
            Id = "chat-1",
            Created = 1790000000,
            Usage = result.Usage with { PromptTokens = 30, CompletionTokens = 2 },
            Timings = new ChatTimings(1, 2, 3, 4, 5, 6.5, 7),
        };
        Assert.Equal(
            """
            {"id":"chat-1","created":1790000000,"model":"tiny","answer":"yes","finish_reason":"stop",
            "usage":{"prompt_tokens":30,"cached_tokens":0,"completion_tokens":2,"total_tokens":32,
            "images":[{"width":4,"height":4,"tokens_full":16,"tokens":16,"method":"none","profile":null,"ratio":1,"cached":false}]
            },"timings":{"queue_ms":1,"image_ms":2,"encode_ms":3,"prefill_ms":4,"decode_ms":5,
            "total_ms":6.5,"time_to_first_token_ms":7},
            "choices":[{"text":"yes","logprob":-0.1},{"text":"no","logprob":-2.5}]}
            """.ReplaceLineEndings(""),
            JsonSerializer.Serialize(result, ChatJson.Options));
    }

    private static ChatInput Question(string text, params byte[][] pictures) => new()
    {
        Messages =
        [
            new(ChatMessage.User, [.. pictures.Select((_, i) => new ChatPart.Image(i)), new ChatPart.Text(text)]),
        ],
        Images = pictures,
    };

    private async Task<(List<string> Pieces, ChatResult Result)> AskAsync(ChatInput input)
    {
        List<string> pieces = [];
        await foreach (var item in _service.ChatAsync(input))
        {
            if (item is ChatEvent.Done done)
            {
                return (pieces, done.Result);
            }

            pieces.Add(Assert.IsType<ChatEvent.Piece>(item).Text);
        }

        throw new InvalidOperationException("Events: expected the result last, found none.");
    }
}
