using System.Diagnostics;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Preview;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>What the tower did to one picture.</summary>
/// <param name="Layers">Every evaluated layer.</param>
/// <param name="Queue">Waiting for the engine.</param>
/// <param name="Encode">Vision tower and projector.</param>
public sealed record PreviewOutput(IReadOnlyList<PreviewLayer> Layers, TimeSpan Queue, TimeSpan Encode);

/// <summary>A picture that goes through the tower for its record of merging only.</summary>
internal sealed class PreviewRequest(PixelValues pixels, MergeSpec merge, CancellationToken cancel) : IArrival
{
    private readonly long _submitted = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource<PreviewOutput> _output =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the tower has run.</summary>
    public Task<PreviewOutput> Output => _output.Task;

    public void Enter(EngineCore core) => core.Add(this);

    public void Fail(Exception error) => _output.TrySetException(error);

    /// <summary>Ends it where nobody waits any more, and tells whether.</summary>
    public bool EndIfCancelled() => cancel.IsCancellationRequested && _output.TrySetCanceled(cancel);

    /// <summary>Encodes the picture; an error ends this request and nothing else, unless the device is lost.</summary>
    public void Run(Llava model)
    {
        try
        {
            _output.TrySetResult(Encode(model));
        }
        catch (Exception error)
        {
            Fail(error);
            if (DeviceLoss.Is(error))
            {
                throw;
            }
        }
    }

    private PreviewOutput Encode(Llava model)
    {
        var start = Stopwatch.GetTimestamp();
        using var batch = tensor(pixels.Data, [1, 3, pixels.Size, pixels.Size]);
        using var output = model.EncodeImages(batch, merge, trace: true, [PictureEncoder.Seed(pixels.ContentKey)]);
        if (model.Device.type == TorchSharp.DeviceType.CUDA)
        {
            cuda.synchronize(model.Device);
        }

        return new(
            PreviewLayer.Of(output.Trace, merge, model.MergeShape, FinalOwner(output)),
            Stopwatch.GetElapsedTime(_submitted, start),
            Stopwatch.GetElapsedTime(start));
    }

    // In the order in which the language model would get the tokens.
    private static long[]? FinalOwner(VisionOutput output) => output.Owner?.select(0, 0).cpu().data<long>().ToArray();
}
