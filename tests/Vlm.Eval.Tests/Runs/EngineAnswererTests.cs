using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Runs;
using Vlm.Eval.Tests.Training;
using Vlm.Merge;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Eval.Tests.Runs;

/// <summary>Questions to real engines, on a random checkpoint made here.</summary>
[Collection(Alone.Name)]
public sealed class EngineAnswererTests : IDisposable
{
    private const int MaxTokens = 6;

    private static readonly MergeSpec Merge = MergeSpec.Parse("pitome:0.9");

    private readonly int _numThreads = get_num_threads();
    private readonly TinyCheckpoint _checkpoint = TinyCheckpoint.Create();
    private readonly ModelSource _source;
    private readonly ChatPreparer _preparer;

    public EngineAnswererTests()
    {
        _source = ModelSource.Open(_checkpoint.Folder);
        _preparer = new ChatPreparer(_source.Tokenizer, _source.Preprocessor, _source.Description);
    }

    public void Dispose()
    {
        _preparer.Dispose();
        _source.Dispose();
        _checkpoint.Dispose();
        set_num_threads(_numThreads); // several engines divide them
    }

    [Fact]
    public async Task AskAsync_SeveralEngines_AnswerAsPostChatDoes()
    {
        await using EngineGroup engines = await EngineGroup.StartAsync(_source, new EngineOptions().MaxBatchSize, 2, CancellationToken.None);
        EngineAnswerer answerer = Answerer(engines);
        Question[][] pictures = [.. Enumerable.Range(0, 6).Select(picture => Questions(Painted(picture), 3))];

        string[][] answers = await Task.WhenAll(pictures.Select(questions => TextsAsync(answerer, questions)));

        ChatService chat = new(engines.All[0], _preparer);
        for (int i = 0; i < pictures.Length; i++)
        {
            Assert.Equal(await Task.WhenAll(pictures[i].Select(question => AskAsync(chat, question))), answers[i]);
        }

        Assert.True(answers.SelectMany(texts => texts).Distinct().Count() > 1);
        Assert.All(engines.All, engine => Assert.True(engine.Load.Pictures > 0)); // both had work
    }

    [Fact]
    public async Task AskAsync_PictureThatIsNone_NamesItAndTheQuestion()
    {
        await using EngineGroup engines = await EngineGroup.StartAsync(_source, new EngineOptions().MaxBatchSize, 1, CancellationToken.None);
        Question[] questions = Questions(new Picture("a.png", () => [1, 2, 3], "/pictures/a.png"), 1);

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => TextsAsync(Answerer(engines), questions));

        Assert.StartsWith("/pictures/a.png of question 0: ", error.Message, StringComparison.Ordinal);
        Assert.IsType<ImageException>(error.InnerException?.InnerException);
    }

    [Fact]
    public async Task AskAsync_NoPicture_Answers()
    {
        await using EngineGroup engines = await EngineGroup.StartAsync(_source, new EngineOptions().MaxBatchSize, 1, CancellationToken.None);

        Assert.Single(await TextsAsync(Answerer(engines), Questions(null, 1)));
    }

    private EngineAnswerer Answerer(EngineGroup engines) => new(_source, _checkpoint.Folder, engines, _preparer);

    private static async Task<string[]> TextsAsync(EngineAnswerer answerer, Question[] questions) =>
        await answerer.AskAsync(questions, AskSettings.Auto, MaxTokens, Merge, CancellationToken.None).Select(reply => reply.Text).ToArrayAsync();

    private static async Task<string> AskAsync(ChatService chat, Question question)
    {
        ChatInput input = new()
        {
            Messages = [new ChatMessage(ChatMessage.User, [new ChatPart.Image(0), new ChatPart.Text(question.Text)])],
            Images = [question.Picture!.Read()],
            Merge = Merge,
            Sampling = new SamplingOptions { MaxTokens = MaxTokens },
        };
        return (await chat.ChatAsync(input).OfType<ChatEvent.Done>().SingleAsync()).Result.Answer;
    }

    private static Picture Painted(int seed)
    {
        byte[] pixels = new byte[30 * 20 * 3];
        new Random(seed).NextBytes(pixels);
        return new Picture($"{seed}.png", () => PngWriter.Write(new RgbImage(30, 20, pixels)));
    }

    private static Question[] Questions(Picture? picture, int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new Question { Key = $"{i}", Id = QuestionId.Of(i), Text = $"What is at {i}?", Picture = picture }),
    ];
}
