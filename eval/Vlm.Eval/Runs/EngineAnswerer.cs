using System.Globalization;
using System.Runtime.CompilerServices;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Eval.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>
/// Answers from engines in this process. More questions are under way than run at once, so that pictures are decoded while the engines work; a picture is
/// decoded once for all its questions and settings that come soon after each other.
/// </summary>
public sealed class EngineAnswerer : IAnswerer
{
    private const int PicturesKept = 4 * BenchmarkRun.Window;

    private readonly ModelSource _source;
    private readonly ChatService[] _services;
    private readonly int[] _underWay; // pictures, per engine
    private readonly PreparedPictures _pictures;

    /// <param name="source">The checkpoint.</param>
    /// <param name="folder">Where it lies.</param>
    /// <param name="engines">Run that checkpoint; a picture's questions go to one of them, whose caches know it.</param>
    /// <param name="preparer">For that checkpoint.</param>
    public EngineAnswerer(ModelSource source, string folder, EngineGroup engines, ChatPreparer preparer)
    {
        _source = source;
        _services = [.. engines.All.Select(engine => new ChatService(engine, preparer))];
        _underWay = new int[_services.Length];
        _pictures = new PreparedPictures(PicturesKept, (picture, settings) =>
            preparer.LoadAsync(picture.Read(), "image", settings.Geometry, settings.ApplyExif, CancellationToken.None));
        ModelDescription model = source.Description;
        (ModelId, Concurrency) = (model.Name, 2 * engines.MaxBatchSize * _services.Length);
        Identity = new Dictionary<string, string>
        {
            ["model"] = model.Name,
            ["dtype"] = model.DType,
            ["device"] = model.Device,
            ["context"] = model.ContextLength.ToString(CultureInfo.InvariantCulture),
            ["weights_sha256"] = Sha256.OfFolder(folder),
        };
    }

    public string ModelId { get; }

    public int Concurrency { get; }

    public IReadOnlyDictionary<string, string> Identity { get; }

    public EncoderCost? Cost(MergeSpec merge)
    {
        MergeShape shape = _source.Description.MergeShape;
        VisionConfig vision = _source.Config.Vision;
        IEnumerable<int> tokens = TokenMergers.TokensPerLayer(merge, shape).Take(shape.FeatureLayer);
        return new EncoderCost(TokenMergers.VisualTokens(merge, shape), VisionFlops.Encoder(tokens, vision.HiddenSize, vision.IntermediateSize) / 1e9);
    }

    // One after the other: from the second on, the engine has the picture's features and its part of the prompt.
    public async IAsyncEnumerable<Reply> AskAsync(
        IReadOnlyList<Question> questions, AskSettings settings, int maxTokens, MergeSpec merge, [EnumeratorCancellation] CancellationToken cancel)
    {
        int engine = Enter();
        try
        {
            foreach (Question question in questions)
            {
                PreparedPicture? picture = await PrepareAsync(question, settings).ConfigureAwait(false);
                yield return await AnswerAsync(_services[engine], Input(question, picture, settings, maxTokens, merge), picture, cancel).ConfigureAwait(false);
            }
        }
        finally
        {
            Leave(engine);
        }
    }

    private int Enter()
    {
        lock (_underWay)
        {
            int engine = Array.IndexOf(_underWay, _underWay.Min());
            _underWay[engine]++;
            return engine;
        }
    }

    private void Leave(int engine)
    {
        lock (_underWay)
        {
            _underWay[engine]--;
        }
    }

    private async Task<PreparedPicture?> PrepareAsync(Question question, AskSettings settings)
    {
        try
        {
            return question.Picture is { } picture ? await _pictures.GetAsync(picture, settings).ConfigureAwait(false) : null;
        }
        catch (ChatInputException e)
        {
            throw new InvalidDataException($"{question.Picture!.Path ?? question.Picture.Name} of question {question.Key}: {e.Message}", e);
        }
    }

    private static ChatInput Input(Question question, PreparedPicture? picture, AskSettings settings, int maxTokens, MergeSpec merge)
    {
        ChatPart.Text text = new(question.Text);
        return new ChatInput
        {
            Messages = [new ChatMessage(ChatMessage.User, picture is null ? [text] : [new ChatPart.Image(0), text])],
            Pixels = picture is null ? [] : [picture.Pixels],
            Merge = merge,
            Template = settings.Template,
            Sampling = new SamplingOptions { MaxTokens = maxTokens },
        };
    }

    private static async Task<Reply> AnswerAsync(ChatService service, ChatInput input, PreparedPicture? picture, CancellationToken cancel)
    {
        double imageMs = picture?.Time.TotalMilliseconds ?? 0;
        await foreach (ChatEvent item in service.ChatAsync(input, cancel).ConfigureAwait(false))
        {
            if (item is ChatEvent.Done done)
            {
                ChatTimings t = done.Result.Timings;
                return new Reply(done.Result.Answer, new ReplyTimes(
                    imageMs, t.QueueMs, t.EncodeMs, t.PrefillMs, t.DecodeMs, imageMs + t.TotalMs, imageMs + t.TimeToFirstTokenMs, done.Result.Usage.CompletionTokens));
            }
        }

        throw new InvalidOperationException("Chat: expected an answer, found the end of its events.");
    }
}
