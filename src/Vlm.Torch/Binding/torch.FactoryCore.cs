using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    private delegate int RandomFactory(ReadOnlySpan<long> sizes, long numSizes, GeneratorHandle generator, int dtype,
        int deviceType, int deviceIndex, out TensorHandle result);

    public static Tensor arange(Scalar stop, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) => arange(0, stop, 1, dtype ?? TypeFor(stop), device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false) => arange(start, stop, 1, dtype, device, requires_grad);

    public static Tensor arange(Scalar start, Scalar stop, Scalar step, ScalarType? dtype = null,
        Device? device = null, bool requires_grad = false)
    {
        ScalarType type = dtype ?? (new[] { start, stop, step }.All(value => is_integral(value.Type))
            ? ScalarType.Int64
            : ScalarType.Float32);
        Device place = device ?? CPU;
        int status = vt_arange(start.Native, stop.Native, step.Native, (int)type, (int)place.type, place.index,
            out TensorHandle result);
        return Finish(status, result, requires_grad);
    }

    public static Tensor eye(long rows, long columns = -1, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null)
    {
        Device place = device ?? CPU;
        int status = vt_eye(rows, columns < 0 ? rows : columns, Number(dtype), (int)place.type, place.index,
            out TensorHandle result);
        return Finish(status, result, requires_grad);
    }

    internal static Tensor empty_like(Tensor input, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null)
    {
        int status = vt_empty_like(input.Native, Tensor.NoDtype(dtype), device is null ? -1 : (int)device.type,
            device?.index ?? -1, out TensorHandle result);
        return Finish(status, result, requires_grad);
    }

    public static Tensor zeros_like(Tensor input, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        full_like(input, 0, dtype, device, requires_grad, names);

    public static Tensor ones_like(Tensor input, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        full_like(input, 1, dtype, device, requires_grad, names);

    internal static Tensor full_like(Tensor input, Scalar value, ScalarType? dtype = null, Device? device = null,
        bool requires_grad = false, string[]? names = null) =>
        empty_like(input, dtype, device).fill_(value).requires_grad_(requires_grad);

    private static int Number(ScalarType? type) => (int)(type ?? ScalarType.Float32);

    private static ScalarType TypeFor(Scalar value) => value.Type switch
    {
        ScalarType.Bool => ScalarType.Bool,
        ScalarType type when is_integral(type) => ScalarType.Int64,
        _ => ScalarType.Float32,
    };

    private static Tensor Full(ReadOnlySpan<long> size, Scalar value, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        Device place = device ?? CPU;
        int status = vt_full(size, size.Length, value.Native, Number(dtype), (int)place.type, place.index,
            out TensorHandle result);
        return Finish(status, result, requiresGrad);
    }

    private static Tensor Empty(ReadOnlySpan<long> size, ScalarType? dtype, Device? device, bool requiresGrad)
    {
        Device place = device ?? CPU;
        int status = vt_empty(size, size.Length, Number(dtype), (int)place.type, place.index, out TensorHandle result);
        return Finish(status, result, requiresGrad);
    }

    private static Tensor Random(RandomFactory factory, ReadOnlySpan<long> size, Generator? generator,
        ScalarType? dtype, Device? device, bool requiresGrad)
    {
        Device place = device ?? CPU;
        int status = factory(size, size.Length, Generator.OrAbsent(generator), Number(dtype), (int)place.type,
            place.index, out TensorHandle result);
        return Finish(status, result, requiresGrad);
    }

    private static Tensor Finish(int status, TensorHandle handle, bool requiresGrad)
    {
        Tensor result = Tensor.New(status, handle);
        return requiresGrad ? result.requires_grad_() : result;
    }
}
