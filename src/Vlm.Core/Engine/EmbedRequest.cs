using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Work for the vision tower alone.</summary>
internal interface ITowerRequest : IArrival
{
    /// <summary>Runs it, unless nobody waits any more; an error ends this request and nothing else.</summary>
    void Run(Llava model);
}

/// <summary>A picture that goes through the tower for its pooled features.</summary>
internal sealed class EmbedRequest(PixelValues pixels, MergeSpec merge, CancellationToken cancel) : ITowerRequest
{
    private readonly TaskCompletionSource<float[]> _output = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the tower has run.</summary>
    public Task<float[]> Output => _output.Task;

    public void Enter(EngineCore core) => core.Add(this);

    public void Fail(Exception error) => _output.TrySetException(error);

    public void Run(Llava model)
    {
        try
        {
            cancel.ThrowIfCancellationRequested();
            _output.TrySetResult(Embed(model));
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    /// <summary>The mean of the visual tokens, each counted as often as it stands for patches where that is tracked, with length 1.
    /// [Cv]</summary>
    private float[] Embed(Llava model)
    {
        using var scope = NewDisposeScope();
        using var output = model.EncodeImages(tensor(pixels.Data, [1, 3, pixels.Size, pixels.Size]), merge);
        var features = output.Features.select(0, 0).to(ScalarType.Float64).cpu(); // [N, Cv]
        var numTokens = features.shape[0];
        var weights = output.Sizes is { } sizes
            ? sizes.select(0, 0).to(ScalarType.Float64).cpu().narrow(0, sizes.shape[1] - numTokens, numTokens)
            : ones([numTokens], ScalarType.Float64);
        var sum = (features * weights.unsqueeze(1)).sum(0, keepdim: false); // a scale does not matter; a bare 0 is a dtype
        var length = (sum * sum).sum().sqrt();
        return (sum / length).to(ScalarType.Float32).data<float>().ToArray();
    }
}
