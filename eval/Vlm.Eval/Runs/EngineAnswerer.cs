using System.Globalization;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Eval.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>Answers from an engine in this process. More questions are under way than run at once, so that pictures are decoded while the engine works.</summary>
public sealed class EngineAnswerer(ModelSource source, string folder, IVlmEngine engine, ChatPreparer preparer, int maxSequences) : IAnswerer
{
    private readonly ChatService _service = new(engine, preparer);

    public string ModelId => engine.Model.Name;

    public int Concurrency => 2 * maxSequences;

    public IReadOnlyDictionary<string, string> Identity { get; } = new Dictionary<string, string>
    {
        ["model"] = engine.Model.Name,
        ["dtype"] = engine.Model.DType,
        ["device"] = engine.Model.Device,
        ["context"] = engine.Model.ContextLength.ToString(CultureInfo.InvariantCulture),
        ["weights_sha256"] = Sha256.OfFolder(folder),
    };

    public EncoderCost? Cost(MergeSpec merge)
    {
        MergeShape shape = source.Description.MergeShape;
        VisionConfig vision = source.Config.Vision;
        IEnumerable<int> tokens = TokenMergers.TokensPerLayer(merge, shape).Take(shape.FeatureLayer);
        return new EncoderCost(TokenMergers.VisualTokens(merge, shape), VisionFlops.Encoder(tokens, vision.HiddenSize, vision.IntermediateSize) / 1e9);
    }

    public async Task<Reply> AskAsync(Question question, AskSettings settings, int maxTokens, MergeSpec merge, CancellationToken cancel)
    {
        ChatPart.Text text = new(question.Text);
        ChatInput input = new()
        {
            Messages = [new ChatMessage(ChatMessage.User, question.Picture is null ? [text] : [new ChatPart.Image(0), text])],
            Images = question.Picture is null ? [] : [question.Picture.Read()],
            Merge = merge,
            Template = settings.Template,
            Geometry = settings.Geometry,
            ApplyExif = settings.ApplyExif,
            Sampling = new SamplingOptions { MaxTokens = maxTokens },
        };
        return await AnswerAsync(input, question, cancel).ConfigureAwait(false);
    }

    private async Task<Reply> AnswerAsync(ChatInput input, Question question, CancellationToken cancel)
    {
        try
        {
            await foreach (ChatEvent item in _service.ChatAsync(input, cancel).ConfigureAwait(false))
            {
                if (item is ChatEvent.Done done)
                {
                    ChatTimings t = done.Result.Timings;
                    return new Reply(done.Result.Answer, new ReplyTimes(
                        t.ImageMs, t.QueueMs, t.EncodeMs, t.PrefillMs, t.DecodeMs, t.TotalMs, t.TimeToFirstTokenMs, done.Result.Usage.CompletionTokens));
                }
            }
        }
        catch (ChatInputException e) when (e.Field.StartsWith("images", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{question.Picture!.Path ?? question.Picture.Name} of question {question.Key}: {e.Message}", e);
        }

        throw new InvalidOperationException($"Question {question.Key}: expected an answer, found the end of its events.");
    }
}
