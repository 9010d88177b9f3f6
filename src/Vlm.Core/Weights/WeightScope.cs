using System.Globalization;
using TorchSharp;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Core.Weights;

/// <summary>Weights below a path, asked for by name and expected shape, in the dtype and on the device of the
/// scope.</summary>
public sealed class WeightScope
{
    private readonly IWeightSource _source;
    private readonly string _path;
    private readonly ScalarType? _dtype;
    private readonly Device? _device;
    private readonly WeightFormat _format;

    /// <summary>All weights of a source.</summary>
    public WeightScope(IWeightSource source)
        : this(source, "", null, null, WeightFormat.Computed)
    {
    }

    private WeightScope(IWeightSource source, string path, ScalarType? dtype, Device? device, WeightFormat format)
    {
        _source = source;
        _path = path;
        _dtype = dtype;
        _device = device;
        _format = format;
    }

    /// <summary>Full hub path, empty at the root.</summary>
    public string Path => _path;

    /// <summary>Weights that the model evaluates but nobody has asked for yet; the same for all scopes of a
    /// checkpoint.</summary>
    public IEnumerable<string> NeverAsked => _source.NeverAsked;

    /// <summary>The same weights in another dtype or on another device, matrices in <paramref name="format"/>. Without this
    /// call they have the file's dtype and lie on the CPU.</summary>
    public WeightScope To(ScalarType dtype, Device device, WeightFormat format = WeightFormat.Computed) =>
        new(_source, _path, dtype, device, format);

    /// <summary>Scope below this one, e.g. <c>Scope("self_attn")</c>.</summary>
    public WeightScope Scope(string path) => new(_source, Join(path), _dtype, _device, _format);

    /// <summary>Numbered scope below this one, e.g. <c>Scope("layers").At(3)</c>.</summary>
    public WeightScope At(int index) => Scope(index.ToString(CultureInfo.InvariantCulture));

    /// <summary>True when the checkpoint has this weight.</summary>
    public bool Has(string name) => _source.Has(Join(name));

    /// <summary>
    /// One weight, read-only, detached from dispose scopes; the caller disposes it. On the CPU in the file's own dtype
    /// it is a view of the mapped
    /// file (no copy); otherwise exactly one copy of this one weight is made, so a model never lies in memory twice.
    /// </summary>
    /// <param name="name">Name below the scope, e.g. <c>weight</c>.</param>
    /// <param name="shape">Shape that the caller will rely on.</param>
    /// <exception cref="InvalidDataException">The tensor has another shape.</exception>
    /// <exception cref="ArgumentException">The model has no such parameter.</exception>
    public Tensor Get(string name, params long[] shape) =>
        Place(_source.Read(Join(name), shape)).DetachFromDisposeScope();

    /// <summary>The same weights with matrices in another format.</summary>
    public WeightScope In(WeightFormat format) => new(_source, _path, _dtype, _device, format);

    /// <summary>As <see cref="Get"/>, but in the file's dtype where that has 16 bits, unless <see cref="WeightFormat.Computed"/> is
    /// asked for: a weight for <see cref="Torch.IKernels.Linear"/> only.</summary>
    public Tensor GetMatrix(string name, params long[] shape)
    {
        Tensor view = _source.Read(Join(name), shape);
        bool stays = _format != WeightFormat.Computed && view.dtype is ScalarType.Float16 or ScalarType.BFloat16;
        return (stays ? view : Place(view)).DetachFromDisposeScope();
    }

    /// <summary>The matrix <c>weight</c> [out, in] of a linear layer with, where it is int8, its scales [out, in / 32]: mapped from a file
    /// that holds them, made where <see cref="WeightFormat.EightBit"/> is asked for.</summary>
    public (Tensor Weight, Tensor? Scales) GetLinear(long outFeatures, long inFeatures)
    {
        const string name = "weight", scale = "weight_scale";
        if (!Has(scale))
        {
            Tensor exact = GetMatrix(name, outFeatures, inFeatures);
            return _format == WeightFormat.EightBit && inFeatures % LinearWeight.GroupSize == 0 ? Quantize(exact) : (exact, null);
        }

        Tensor values = _source.Read(Join(name), [outFeatures, inFeatures]).DetachFromDisposeScope();
        Tensor scales = _source.Read(Join(scale), [outFeatures, inFeatures / LinearWeight.GroupSize]).DetachFromDisposeScope();
        return _format == WeightFormat.Computed ? (Widen(values, scales), null) : (values, scales);
    }

    private static (Tensor, Tensor) Quantize(Tensor exact)
    {
        using (exact)
        {
            (Tensor values, Tensor scales) = Torch.Kernels.Default.Quantize(exact);
            return (values.DetachFromDisposeScope(), scales.DetachFromDisposeScope());
        }
    }

    // int8 and bfloat16 have 15 bits together, so float32 holds their product exactly.
    private Tensor Widen(Tensor values, Tensor scales)
    {
        using DisposeScope scope = NewDisposeScope();
        using (values)
        using (scales)
        {
            Tensor groups = values.to(ScalarType.Float32).view(values.size(0), -1, LinearWeight.GroupSize);
            return Place(groups.mul(scales.to(ScalarType.Float32).unsqueeze(-1)).flatten(1)).DetachFromDisposeScope();
        }
    }

    // Device before dtype: libtorch would convert on the CPU when asked for both at once, slower and with a second copy
    // there.
    private Tensor Place(Tensor view)
    {
        Tensor result = view;
        if (_device is not null && _device.type != DeviceType.CPU)
        {
            result = result.to(_device, disposeAfter: true);
        }

        return _dtype is { } dtype && dtype != result.dtype ? result.to(dtype, disposeAfter: true) : result;
    }

    private string Join(string name) => _path.Length == 0 ? name : $"{_path}.{name}";
}
