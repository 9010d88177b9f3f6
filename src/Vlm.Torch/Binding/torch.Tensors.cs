namespace TorchSharp;

public static partial class torch
{
    public static Tensor tensor(long[] rawArray, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        Copy<long>(rawArray, [rawArray.Length], dtype, device, requires_grad);

    public static Tensor tensor(long[] dataArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<long>(dataArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(float[] rawArray, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        Copy<float>(rawArray, [rawArray.Length], dtype, device, requires_grad);

    public static Tensor tensor(float[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<float>(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(double[] rawArray, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        Copy<double>(rawArray, [rawArray.Length], dtype, device, requires_grad);

    public static Tensor tensor(double[] rawArray, ReadOnlySpan<long> dimensions, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false, string[]? names = null) =>
        Copy<double>(rawArray, dimensions, dtype, device, requires_grad);

    private static Tensor Copy<T>(ReadOnlySpan<T> values, ReadOnlySpan<long> sizes, ScalarType? dtype, Device? device,
        bool requiresGrad)
    {
        Tensor result = Empty(sizes, ElementType.Of<T>(), CPU, false);
        Span<T> target = result.Memory<T>(result.numel());
        if (target.Length != values.Length)
        {
            using (result)
            {
                throw new ArgumentException($"tensor: expected {target.Length} elements for the given shape, found {values.Length}.");
            }
        }

        values.CopyTo(target);
        return Place(result, dtype, device, requiresGrad);
    }

    private static Tensor Place(Tensor made, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        ScalarType type = dtype ?? made.dtype;
        Device place = device ?? CPU;
        Tensor result = type == made.dtype && place.type == DeviceType.CPU ? made : made.to(type, place, disposeAfter: true);
        return requiresGrad ? result.requires_grad_() : result;
    }
}
