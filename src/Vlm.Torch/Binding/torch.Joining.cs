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

    public static Tensor einsum(string equation, params Tensor[] tensors)
    {
        using NativeList list = new(tensors.Select(tensor => tensor.Native));
        return Tensor.New(vt_einsum(equation, list.Pointers, list.Count, out TensorHandle result), result);
    }

    public static Tensor addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) =>
        input.addmm(mat1, mat2, beta, alpha);

    public static Tensor baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
        input.baddbmm(batch1, batch2, beta, alpha);

    public static Tensor softmax(Tensor input, int dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

    public static Tensor searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false,
        bool right = false, Tensor? sorter = null)
    {
        Tensor ordered = sorter is null ? sorted_sequence : sorted_sequence.gather(-1, sorter);
        int status = vt_searchsorted(ordered.Native, values.Native, out_int32, right, out TensorHandle result);
        return Tensor.New(status, result);
    }
}
