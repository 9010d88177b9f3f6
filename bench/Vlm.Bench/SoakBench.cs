using System.Diagnostics;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;
using Vlm.Torch;

namespace Vlm.Bench;

/// <summary>Memory after some requests.</summary>
/// <param name="Requests">Requests answered so far.</param>
/// <param name="LiveTensors">Native tensors alive between requests.</param>
/// <param name="ResidentBytes">Resident memory of the process.</param>
/// <param name="TokensPerSecond">Answer tokens per second since the last row.</param>
public sealed record SoakRow(int Requests, long LiveTensors, long ResidentBytes, double TokensPerSecond);

/// <summary>Many requests over many pictures and merge settings through the engine: <c>./vlm bench soak</c>.</summary>
public sealed class SoakBench(VlmEngine engine, int bosId, int pictures)
{
    private const int AnswerTokens = 8;
    private const int AtOnce = 8;

    private static readonly MergeSpec[] Merges =
        [MergeSpec.None, MergeSpec.Parse("pitome:0.9"), MergeSpec.Parse("pitome/paper:0.95"), MergeSpec.Parse("tome:0.9")];

    /// <summary>Runs <paramref name="requests"/> requests, eight at a time, and reports ten times and once before.</summary>
    public async IAsyncEnumerable<SoakRow> RunAsync(int requests)
    {
        yield return Row(0, 0);
        int done = 0;
        while (done < requests)
        {
            int count = Math.Min(Math.Max(requests / 10, 1), requests - done);
            long start = Stopwatch.GetTimestamp();
            int first = done;
            await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (i, cancel) => await AnswerAsync(first + i, cancel));
            done += count;
            yield return Row(done, count * AnswerTokens / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
    }

    private async ValueTask AnswerAsync(int number, CancellationToken cancel)
    {
        GenerationRequest request = new()
        {
            Id = $"soak-{number}",
            PromptIds = [bosId, LlamaTokenizer.ImagePlaceholder, bosId],
            Images = [Picture(number % pictures)],
            Merge = Merges[number % Merges.Length],
            Sampling = new SamplingOptions { MaxTokens = AnswerTokens },
        };
        await foreach (GenerationEvent item in engine.GenerateAsync(request, cancel: cancel))
        {
            if (item is GenerationEvent.Failed failed)
            {
                throw failed.Error;
            }
        }
    }

    private PixelValues Picture(int seed)
    {
        Random random = new(seed);
        int size = engine.Model.ImageSize;
        float[] data = new float[3 * size * size];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (float)(random.NextDouble() - 0.5) * 4;
        }

        return new PixelValues(size, data, size, size);
    }

    private static SoakRow Row(int requests, double tokensPerSecond)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using Process self = Process.GetCurrentProcess();
        return new SoakRow(requests, Kernels.Default.LiveTensors, self.WorkingSet64, tokensPerSecond);
    }
}
