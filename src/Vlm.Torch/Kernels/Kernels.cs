namespace Vlm.Torch;

/// <summary>The kernels of this build: native ones with our binding, plain ones with the TorchSharp package.</summary>
public static class Kernels
{
    /// <summary>What layers call.</summary>
#if TORCHSHARP_PACKAGE
    public static IKernels Default { get; } = new PlainKernels();
#else
    public static IKernels Default { get; } = new NativeKernels();
#endif
}
