using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How a quotient is rounded.</summary>
    public enum RoundingMode
    {
        None,
        trunc,
        floor,
    }

    public static Tensor cat(IList<Tensor> tensors, long dim = 0)
    {
        using NativeList list = new(tensors.Select(tensor => tensor.Native));
        return Tensor.New(vt_cat(list.Pointers, list.Count, dim, out TensorHandle result), result);
    }

    public static Tensor cat(Tensor[] tensors, long dim = 0) => cat((IList<Tensor>)tensors, dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0)
    {
        using NativeList list = new(tensors.Select(tensor => tensor.Native));
        return Tensor.New(vt_stack(list.Pointers, list.Count, dim, out TensorHandle result), result);
    }

    public static Tensor[] split(Tensor tensor, long[] split_size_or_sections, long dim = 0) =>
        tensor.split(split_size_or_sections, dim);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => x.where(condition, y);
}
