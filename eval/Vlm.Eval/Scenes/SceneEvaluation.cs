using System.Diagnostics;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Eval.Scenes;

/// <summary>Asks an engine the questions of a split, through the very path of <c>POST /chat</c>, and counts exactly right
/// answers.</summary>
/// <param name="source">The checkpoint, for its tower's speed and costs.</param>
/// <param name="engine">Runs the same checkpoint.</param>
/// <param name="chat">Asks that engine.</param>
public sealed class SceneEvaluation(ModelSource source, IVlmEngine engine, ChatService chat)
{
    private const int AtOnce = 16;
    private const int MaxTokens = 12;
    private const int TimedBatch = 16;
    private const int TimedRepetitions = 5;

    private sealed record Item(byte[] Image, SceneQuestion Question);

    /// <summary>Scores settings on the first questions of a split.</summary>
    /// <param name="settings">Merging to compare.</param>
    /// <param name="split">Which range of seeds.</param>
    /// <param name="seed">User's seed within the range.</param>
    /// <param name="count">Questions.</param>
    /// <param name="withNoise">Whether a last row shows noise instead of the pictures: what the questions alone give
    /// away.</param>
    /// <param name="cancel">Read before every question.</param>
    public async IAsyncEnumerable<SceneScore> RunAsync(
        IReadOnlyList<MergeSpec> settings, SceneSplit split, long seed, int count, bool withNoise,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel = default)
    {
        Item[] items = Items(split, seed, count);
        using Llava model = source.Load();
        foreach (MergeSpec merge in settings)
        {
            double rate = ImagesPerSecond(model, merge);
            yield return await ScoreAsync(merge.ToString(), merge, items, rate, cancel).ConfigureAwait(false);
        }

        if (withNoise)
        {
            Item[] blind = [.. items.Select((item, i) => item with { Image = Noise(i) })];
            yield return await ScoreAsync("none, noise as picture", MergeSpec.None, blind, imagesPerSecond: null, cancel)
                .ConfigureAwait(false);
        }
    }

    private static Item[] Items(SceneSplit split, long seed, int count) =>
    [
        .. SceneQuiz.Sheets(split, seed)
            .SelectMany(sheet =>
            {
                byte[] image = PngWriter.Write(ScenePainter.Paint(sheet.Scene));
                return sheet.Questions.Select(question => new Item(image, question));
            })
            .Take(count),
    ];

    private async Task<SceneScore> ScoreAsync(
        string name, MergeSpec merge, Item[] items, double? imagesPerSecond, CancellationToken cancel)
    {
        bool[] isRight = new bool[items.Length];
        await Parallel.ForAsync(0, items.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (i, token) => isRight[i] = await AskAsync(items[i], merge, token).ConfigureAwait(false) == items[i].Question.Answer)
            .ConfigureAwait(false);
        MergeShape shape = engine.Model.MergeShape;
        VisionConfig vision = source.Config.Vision;
        return new SceneScore(
            name,
            TokenMergers.VisualTokens(merge, shape),
            VisionFlops.Encoder(TokenMergers.TokensPerLayer(merge, shape).Take(shape.FeatureLayer), vision.HiddenSize, vision.IntermediateSize) / 1e9,
            imagesPerSecond,
            items.Length,
            items.Zip(isRight).GroupBy(pair => pair.First.Question.Family).OrderBy(family => family.Key, StringComparer.Ordinal)
                .ToDictionary(family => family.Key, family => family.Average(pair => pair.Second ? 100.0 : 0.0)));
    }

    private async Task<string> AskAsync(Item item, MergeSpec merge, CancellationToken cancel)
    {
        ChatInput input = new()
        {
            Messages = [new ChatMessage(ChatMessage.User, [new ChatPart.Image(0), new ChatPart.Text(item.Question.Text)])],
            Images = [item.Image],
            Merge = merge,
            Sampling = new SamplingOptions { MaxTokens = MaxTokens },
        };
        await foreach (ChatEvent happened in chat.ChatAsync(input, cancel).ConfigureAwait(false))
        {
            if (happened is ChatEvent.Done done)
            {
                return done.Result.Answer;
            }
        }

        throw new InvalidOperationException("Chat: expected a result, found the end of the events.");
    }

    // The fastest of some batches; other work on the machine only slows them.
    private static double ImagesPerSecond(Llava model, MergeSpec merge)
    {
        int size = model.Config.Vision.ImageSize;
        using Tensor pixels = randn([TimedBatch, model.Config.Vision.NumChannels, size, size]);
        TimeSpan best = Enumerable.Range(0, TimedRepetitions).Min(_ =>
        {
            long start = Stopwatch.GetTimestamp();
            model.EncodeImages(pixels, merge).Dispose();
            return Stopwatch.GetElapsedTime(start);
        });
        return TimedBatch / best.TotalSeconds;
    }

    private static byte[] Noise(int seed)
    {
        const int side = 224;
        SceneRandom random = new((ulong)seed);
        byte[] pixels = [.. Enumerable.Range(0, side * side * 3).Select(_ => (byte)random.Next())];
        return PngWriter.Write(new RgbImage(side, side, pixels));
    }
}
