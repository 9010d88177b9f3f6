using System.Runtime.InteropServices;
using TorchSharp;
using Vlm.Torch.Native;
using static TorchSharp.torch;
using static Vlm.Torch.Native.NativeMethods;

namespace Vlm.Torch;

/// <summary>The kernels of libvlmtorch; see native/vlmtorch/kernels*.cpp for what each element type takes.</summary>
public sealed unsafe partial class NativeKernels : IKernels
{
    private readonly PlainKernels _plain = new();

    public long LiveTensors => vt_live_tensors();

    public Tensor FromMemory(IntPtr data, long[] shape, ScalarType dtype, IDisposable? owner)
    {
        long size = dtype.ElementSize();
        if (data % (nint)size != 0)
        {
            return _plain.FromMemory(data, shape, dtype, owner);
        }

        if (owner is null)
        {
            return Make(vt_from_memory(data, shape, shape.Length, (int)dtype, null, 0, out TensorHandle plain), plain);
        }

        IntPtr context = GCHandle.ToIntPtr(GCHandle.Alloc(owner));
        int status = vt_from_memory(data, shape, shape.Length, (int)dtype, &Release, context, out TensorHandle result);
        if (status != 0)
        {
            Free(context);
        }

        return Make(status, result);
    }

    public Tensor[] Linear(Tensor x, params ReadOnlySpan<LinearWeight> matrices)
    {
        LinearWeight[] all = matrices.ToArray();
        using NativeList weights = new(all.Select(matrix => matrix.Weight.Native));
        using NativeList scales = new(all.Select(matrix => Tensor.OrAbsent(matrix.Scales)));
        using NativeList biases = new(all.Select(matrix => Tensor.OrAbsent(matrix.Bias)));
        IntPtr[] results = new IntPtr[all.Length];
        TorchException.Check(vt_kernel_linear(
            x.Native, weights.Pointers, scales.Pointers, biases.Pointers, weights.Count, results));
        return [.. results.Select(pointer => Make(0, new TensorHandle(pointer)))];
    }

    public (Tensor Values, Tensor Scales) Quantize(Tensor weight)
    {
        TorchException.Check(vt_kernel_quantize(weight.Native, out TensorHandle values, out TensorHandle scales));
        return (Make(0, values), Make(0, scales));
    }

    public Tensor Attention(Tensor q, Tensor k, Tensor v, double scale, Tensor? keyBias)
    {
        int status = vt_kernel_attention(q.Native, k.Native, v.Native, scale, Tensor.OrAbsent(keyBias),
            out TensorHandle result);
        return Make(status, result);
    }

    public (Tensor Received, Tensor GivenToFirst) AttentionMeans(Tensor q, Tensor k, double scale, Tensor? keyBias)
    {
        int status = vt_kernel_attention_means(q.Native, k.Native, scale, Tensor.OrAbsent(keyBias),
            out TensorHandle first, out TensorHandle second);
        return Tensor.New(status, first, second);
    }

    public Tensor NewCache(long[] shape, ScalarType dtype, Device device) => device.type == DeviceType.CPU
        ? Make(vt_kernel_new_cache(shape, shape.Length, (int)dtype, out TensorHandle result), result)
        : _plain.NewCache(shape, dtype, device);

    public Tensor PagedAttention(Tensor q, Tensor keyCache, Tensor valueCache, Tensor blockTables, Tensor queryStart,
        Tensor contextLength, double scale)
    {
        int status = vt_kernel_paged_attention(q.Native, keyCache.Native, valueCache.Native, blockTables.Native,
            queryStart.Native, contextLength.Native, scale, out TensorHandle result);
        return Make(status, result);
    }

    public void WriteCache(Tensor keyCache, Tensor valueCache, Tensor k, Tensor v, Tensor slots) =>
        TorchException.Check(
            vt_kernel_write_cache(keyCache.Native, valueCache.Native, k.Native, v.Native, slots.Native));

    public Tensor RmsNorm(Tensor x, Tensor weight, double eps) =>
        Make(vt_kernel_rms_norm(x.Native, weight.Native, eps, out TensorHandle result), result);

    public Tensor QuickGelu(Tensor x) => Make(vt_kernel_quick_gelu(x.Native, out TensorHandle result), result);

    public Tensor SiluMul(Tensor gate, Tensor up) =>
        Make(vt_kernel_silu_mul(gate.Native, up.Native, out TensorHandle result), result);

    public Tensor Rotary(Tensor x, Tensor cos, Tensor sin) =>
        Make(vt_kernel_rotary(x.Native, cos.Native, sin.Native, out TensorHandle result), result);

    [UnmanagedCallersOnly]
    private static void Release(IntPtr context) => Free(context);

    private static void Free(IntPtr context)
    {
        GCHandle handle = GCHandle.FromIntPtr(context);
        ((IDisposable)handle.Target!).Dispose();
        handle.Free();
    }

    private static Tensor Make(int status, TensorHandle handle) => Tensor.New(status, handle);
}
