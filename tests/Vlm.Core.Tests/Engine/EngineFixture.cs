using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Merge;
using Vlm.Testing;

namespace Vlm.Core.Tests.Engine;

/// <summary>A tiny random checkpoint, in float64 unless said otherwise, opened once for a class of tests, and requests for it.</summary>
public sealed class EngineFixture : IDisposable
{
    private readonly TinyCheckpoint _checkpoint;

    public EngineFixture()
        : this(TinyCheckpoint.Create(), "float64")
    {
    }

    internal EngineFixture(TinyCheckpoint checkpoint, string dtype)
    {
        _checkpoint = checkpoint;
        Source = ModelSource.Open(checkpoint.Folder, dtype: dtype, name: "tiny");
        Model = Source.Load();
    }

    /// <summary>For engines that load their own copy.</summary>
    public ModelSource Source { get; }

    /// <summary>A loaded copy for tests that drive <see cref="EngineCore"/> themselves.</summary>
    public Llava Model { get; }

    public static IReadOnlyList<MergeSpec> Merges { get; } =
        [.. new[] { "none", "pitome:0.9", "pitome/paper:0.8", "tome:0.7" }.Select(MergeSpec.Parse)];

    internal EngineDriver Drive(EngineOptions? options = null) => new(this, options ?? new EngineOptions());

    /// <summary>A prompt of random ids with pictures in front; the same seed gives the same request.</summary>
    public GenerationRequest Request(
        int seed, int numPictures = 0, int maxTokens = 8, MergeSpec? merge = null, SamplingOptions? sampling = null)
    {
        var random = new Random(seed);
        int[] text = [
            .. Enumerable.Range(0, 3 + random.Next(20)).Select(_ => random.Next(3, Source.Tokenizer.VocabSize))];
        return new GenerationRequest
        {
            Id = $"request-{seed}",
            PromptIds = [
                Source.Tokenizer.BosId, .. Enumerable.Repeat(LlamaTokenizer.ImagePlaceholder, numPictures), .. text],
            Images = [.. Enumerable.Range(0, numPictures).Select(i => Picture((seed * 10) + i))],
            Merge = merge ?? MergeSpec.None,
            Sampling = (sampling ?? new SamplingOptions()) with { MaxTokens = maxTokens },
        };
    }

    /// <summary>Noise in the range of normalised pixels; the same seed gives the same picture.</summary>
    public PixelValues Picture(int seed)
    {
        var random = new Random(seed);
        var size = Source.Description.ImageSize;
        float[] data = [.. Enumerable.Range(0, 3 * size * size).Select(_ => (float)((4 * random.NextDouble()) - 2))];
        return new PixelValues(size, data, size, size);
    }

    public void Dispose()
    {
        Model.Dispose();
        Source.Dispose();
        _checkpoint.Dispose();
    }
}

/// <summary>An engine core that the test steps itself.</summary>
internal sealed class EngineDriver(EngineFixture fixture, EngineOptions options) : IDisposable
{
    public EngineCore Core { get; } = new(fixture.Model, fixture.Source.Description, options);

    public ActiveRequest Submit(GenerationRequest request, CancellationToken cancel = default)
    {
        var active = ActiveRequest.Create(
            request, fixture.Source.Description, fixture.Source.Tokenizer, options, cancel);
        Core.Add(active);
        return active;
    }

    /// <summary>One turn of the engine's loop.</summary>
    public void Step()
    {
        Core.Admit();
        Core.Step();
    }

    /// <summary>Steps until nothing is left.</summary>
    public void RunToEnd()
    {
        while (Core.HasWork)
        {
            Step();
        }
    }

    /// <summary>Runs one request alone.</summary>
    public Outcome Run(GenerationRequest request)
    {
        var active = Submit(request);
        RunToEnd();
        return Outcome.Of(active);
    }

    public void Dispose() => Core.Dispose();
}

/// <summary>All that a reader gets of one request.</summary>
internal sealed record Outcome(
    GenerationEvent.Started? Started, IReadOnlyList<GenerationEvent.Token> Tokens, GenerationEvent Last)
{
    public int[] Ids => [.. Tokens.Select(token => token.Id)];

    public GenerationEvent.Finished Finished => Assert.IsType<GenerationEvent.Finished>(Last);

    public string Text => string.Concat(Tokens.Select(token => token.Text)) + Finished.Text;

    public static Outcome Of(ActiveRequest request)
    {
        List<GenerationEvent> events = [];
        while (request.Events.TryRead(out var item))
        {
            events.Add(item);
        }

        return Of(events);
    }

    public static async Task<Outcome> OfAsync(IAsyncEnumerable<GenerationEvent> events)
    {
        List<GenerationEvent> all = [];
        await foreach (var item in events)
        {
            all.Add(item);
        }

        return Of(all);
    }

    private static Outcome Of(List<GenerationEvent> events) => new(
        events.OfType<GenerationEvent.Started>().SingleOrDefault(),
        [.. events.OfType<GenerationEvent.Token>()],
        events[^1]);
}
