using System.Diagnostics;
using System.Runtime.CompilerServices;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Runs;
using Vlm.Merge;

namespace Vlm.Eval.Scenes;

/// <summary>Asks the questions of a split, as a run does, and counts exactly right answers.</summary>
/// <param name="answerer">Asks the engine.</param>
/// <param name="engine">For the speed of its tower.</param>
public sealed class SceneEvaluation(EngineAnswerer answerer, IVlmEngine engine)
{
    private const int MaxTokens = 12;
    private const int TimedBatch = 16;
    private const int TimedRepetitions = 5;

    private int _numTimed;

    private sealed record Item(int Sheet, Picture Picture, SceneQuestion Question);

    /// <summary>Scores settings on the first questions of a split.</summary>
    /// <param name="settings">Merging to compare.</param>
    /// <param name="split">Which range of seeds.</param>
    /// <param name="seed">User's seed within the range.</param>
    /// <param name="count">Questions.</param>
    /// <param name="withNoise">Whether a last row shows noise instead of the pictures: what the questions alone give
    /// away.</param>
    /// <param name="cancel">Read before every picture.</param>
    public async IAsyncEnumerable<SceneScore> RunAsync(
        IReadOnlyList<MergeSpec> settings, SceneSplit split, long seed, int count, bool withNoise, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        Item[] items = [.. Items(split, seed).Take(count)];
        foreach (MergeSpec merge in settings)
        {
            double rate = await ImagesPerSecondAsync(merge, cancel).ConfigureAwait(false);
            yield return await ScoreAsync(merge.ToString(), merge, items, rate, cancel).ConfigureAwait(false);
        }

        if (withNoise)
        {
            Item[] blind = [.. items.Select(item => item with { Picture = new Picture($"noise {item.Sheet}", () => Noise(item.Sheet)) })];
            yield return await ScoreAsync("none, noise as picture", MergeSpec.None, blind, imagesPerSecond: null, cancel).ConfigureAwait(false);
        }
    }

    private static IEnumerable<Item> Items(SceneSplit split, long seed) =>
        from sheet in SceneQuiz.Sheets(split, seed).Index()
        let image = PngWriter.Write(ScenePainter.Paint(sheet.Item.Scene))
        let picture = new Picture($"{split} {seed} {sheet.Index}", () => image)
        from question in sheet.Item.Questions
        select new Item(sheet.Index, picture, question);

    private async Task<SceneScore> ScoreAsync(string name, MergeSpec merge, Item[] items, double? imagesPerSecond, CancellationToken cancel)
    {
        bool[] isRight = new bool[items.Length];
        ParallelOptions options = new() { MaxDegreeOfParallelism = answerer.Concurrency, CancellationToken = cancel };
        await Parallel.ForEachAsync(items.Index().GroupBy(item => item.Item.Picture.Name), options, async (picture, stop) =>
        {
            IAsyncEnumerable<Reply> replies = answerer.AskAsync(
                [.. picture.Select(item => Question(item.Index, item.Item))], AskSettings.Auto, MaxTokens, merge, stop);
            await foreach ((Reply reply, (int i, Item item)) in replies.Zip(picture.ToAsyncEnumerable()).ConfigureAwait(false))
            {
                isRight[i] = reply.Text == item.Question.Answer;
            }
        }).ConfigureAwait(false);
        EncoderCost cost = answerer.Cost(merge)!;
        return new SceneScore(
            name, cost.VisualTokens, cost.Gmacs, imagesPerSecond, items.Length,
            items.Zip(isRight).GroupBy(pair => pair.First.Question.Family).OrderBy(family => family.Key, StringComparer.Ordinal)
                .ToDictionary(family => family.Key, family => family.Average(pair => pair.Second ? 100.0 : 0.0)));
    }

    private static Question Question(int number, Item item) =>
        new() { Key = $"{number}", Id = QuestionId.Of(number), Text = item.Question.Text, Picture = item.Picture };

    // The fastest of some turns of pictures that no cache knows; other work on the machine only slows them.
    private async Task<double> ImagesPerSecondAsync(MergeSpec merge, CancellationToken cancel)
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int turn = 0; turn < TimedRepetitions; turn++)
        {
            PixelValues[] pictures = [.. Enumerable.Range(0, TimedBatch).Select(_ => Random(_numTimed++))];
            long start = Stopwatch.GetTimestamp();
            await Task.WhenAll(pictures.Select(picture => engine.EmbedAsync(picture, merge, cancel: cancel))).ConfigureAwait(false);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            best = time < best ? time : best;
        }

        return TimedBatch / best.TotalSeconds;
    }

    private PixelValues Random(int seed)
    {
        int size = engine.Model.ImageSize;
        SceneRandom random = new((ulong)seed);
        PixelValues picture = new(size, [.. Enumerable.Range(0, 3 * size * size).Select(_ => (float)random.Between(0, 1))], size, size);
        _ = picture.ContentKey; // now, not while the tower is timed
        return picture;
    }

    private static byte[] Noise(int seed)
    {
        const int side = 224;
        SceneRandom random = new((ulong)seed);
        byte[] pixels = [.. Enumerable.Range(0, side * side * 3).Select(_ => (byte)random.Next())];
        return PngWriter.Write(new RgbImage(side, side, pixels));
    }
}
