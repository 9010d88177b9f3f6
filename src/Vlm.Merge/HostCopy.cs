using static TorchSharp.torch;

namespace Vlm.Merge;

/// <summary>Tensors as arrays, for traces and displays; never on the hot path.</summary>
internal static class HostCopy
{
    /// <summary>The rows of a matrix [B, n]; the element type must be the tensor's.</summary>
    public static T[][] Rows<T>(Tensor matrix)
        where T : unmanaged
    {
        int width = (int)matrix.shape[1];
        T[] all = matrix.cpu().contiguous().data<T>().ToArray();
        return [.. Enumerable.Range(0, (int)matrix.shape[0]).Select(row => all[(row * width)..((row + 1) * width)])];
    }
}
