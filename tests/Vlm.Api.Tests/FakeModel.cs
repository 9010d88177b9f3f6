using System.Collections.Concurrent;
using Vlm.Core.Chat;
using Vlm.Core.Embedding;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Api.Tests;

/// <summary>A model of CLIP-L's shape that answers what the test says, behind the seam where the real one is made.</summary>
internal sealed class FakeModel : IEngineFactory, IVlmEngine
{
    public FakeModel()
    {
        Chat = (_, _) => Events("Hello", " wörld", " 🙂");
        Preview = (input, _) => Task.FromResult(Result(input.Merge));
    }

    /// <summary>What the chat function was asked, in order.</summary>
    public ConcurrentQueue<ChatInput> Asked { get; } = new();

    /// <summary>Answers a question.</summary>
    public ChatFunction Chat { get; set; }

    /// <summary>What the preview function was asked, in order.</summary>
    public ConcurrentQueue<PreviewInput> Shown { get; } = new();

    /// <summary>Shows a picture's merging.</summary>
    public PreviewFunction Preview { get; set; }

    /// <summary>What is wrong with the checkpoint.</summary>
    public Exception? StartFailure { get; set; }

    /// <summary>Loading ends with this task.</summary>
    public Task Loading { get; set; } = Task.CompletedTask;

    /// <summary>Draining ends with this task.</summary>
    public Task Draining { get; set; } = Task.CompletedTask;

    /// <summary>How long the running requests were given; completes when draining starts.</summary>
    public TaskCompletionSource<TimeSpan> DrainLimit { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the engine was disposed of.</summary>
    public bool IsDisposed { get; private set; }

    public ModelDescription Model { get; set; } = new()
    {
        Name = "scenes",
        ContextLength = 4096,
        ImageSize = 336,
        MergeShape = new MergeShape(576, 24, 23, 16),
        Template = TemplateName.VicunaV1,
        Geometry = ImageGeometry.Pad,
        VocabSize = 32000,
        DType = "float32",
        Device = "cpu",
    };

    public EngineStatus Status { get; set; } = EngineStatus.Ready;

    public EngineLoad Load { get; set; } = new(0, 0, 1, 1, 0);

    public Task Ready => Loading;

    /// <summary>The engine ends with this task.</summary>
    public TaskCompletionSource Ending { get; } = new();

    public Task Completion => Ending.Task;

    /// <summary>A finished answer.</summary>
    public static ChatResult Result(string answer) => new()
    {
        Id = "chat-00000000000000000000000000000001",
        Created = 1_790_000_000,
        Model = "scenes",
        Answer = answer,
        FinishReason = FinishReason.Stop,
        Usage = new(72, 0, 2, [new ImageUsage(640, 427, 576, 54, "pitome", "released", 0.9, false)]),
        Timings = new(1, 2, 3, 4, 5, 15, 10) { TokenGaps = [TimeSpan.FromMilliseconds(5)] },
    };

    /// <summary>A preview of two patches that become one token, whatever is asked.</summary>
    public static MergePreview Result(MergeSpec merge) => new()
    {
        Model = "scenes",
        Width = 8,
        Height = 4,
        Method = merge.Method,
        Profile = merge.IsNone ? null : merge.Profile,
        Ratio = merge.Ratio,
        Geometry = ImageGeometry.Pad,
        Grid = 2,
        TokensFull = 4,
        Tokens = 3,
        Layers = [new(0, 5, 4, [1, 1, 2, 3], [0.5, 0.25, -1, null])],
        Timings = new(1, 2, 3, 6),
    };

    /// <summary>An answer in these pieces.</summary>
    public static async IAsyncEnumerable<ChatEvent> Events(params string[] pieces)
    {
        foreach (string piece in pieces)
        {
            await Task.Yield();
            yield return new ChatEvent.Piece(piece);
        }

        yield return new ChatEvent.Done(Result(string.Concat(pieces)));
    }

    /// <summary>These pieces, then a failure.</summary>
    public static async IAsyncEnumerable<ChatEvent> Failing(Exception error, params string[] pieces)
    {
        foreach (string piece in pieces)
        {
            await Task.Yield();
            yield return new ChatEvent.Piece(piece);
        }

        throw error;
    }

    public LoadedModel Start() => StartFailure is null ? new(this, Answer, Show, Embed) : throw StartFailure;

    public Reservation Reserve(int count) => throw new NotSupportedException("The routes ask the functions, not the engine.");

    public IAsyncEnumerable<GenerationEvent> GenerateAsync(GenerationRequest request, Reservation? reserved, CancellationToken cancel) =>
        throw new NotSupportedException("The routes ask the chat function, not the engine.");

    public Task<PreviewOutput> PreviewAsync(PixelValues pixels, MergeSpec merge, Reservation? reserved, CancellationToken cancel) =>
        throw new NotSupportedException("The routes ask the preview function, not the engine.");

    public async Task DrainAsync(TimeSpan limit)
    {
        DrainLimit.TrySetResult(limit);
        await Draining;
    }

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    public Task<EmbedOutput> EmbedAsync(
        PixelValues pixels, MergeSpec merge, string tenant, Reservation? reserved, CancellationToken cancel) =>
        throw new NotSupportedException("The routes ask the embed function, not the engine.");

    private static Task<IReadOnlyList<PictureEmbedding>> Embed(EmbedInput input, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<PictureEmbedding>>(
            [.. input.Images.Select(image => new PictureEmbedding(
                [0.6f, -0.8f, image.Length], new ImageUsage(8, 8, 576, 54, "pitome", "released", 0.9, false)))]);

    private Task<MergePreview> Show(PreviewInput input, CancellationToken cancel)
    {
        Shown.Enqueue(input);
        return Preview(input, cancel);
    }

    private IAsyncEnumerable<ChatEvent> Answer(ChatInput input, CancellationToken cancel)
    {
        Asked.Enqueue(input);
        return Chat(input, cancel);
    }
}
