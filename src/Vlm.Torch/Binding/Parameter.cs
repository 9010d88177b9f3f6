using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A tensor that is trained; outlives dispose scopes.</summary>
public class Parameter : Tensor
{
    /// <param name="data">Values; the parameter shares their storage.</param>
    /// <param name="requires_grad">Whether gradients are kept.</param>
    public Parameter(Tensor data, bool requires_grad = true)
        : base(Share(data))
    {
        DetachFromDisposeScope();
        requires_grad_(requires_grad);
    }

    private static Vlm.Torch.Native.TensorHandle Share(Tensor data)
    {
        Vlm.Torch.Native.TorchException.Check(
            Vlm.Torch.Native.NativeMethods.vt_detach(data.Native, out Vlm.Torch.Native.TensorHandle result));
        return result;
    }
}
