using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Binding;

[Collection("live tensors")]
public class DisposeScopeTests
{
    [Fact]
    public void MoveToOuter_InnerScopeEnds_TensorLivesUntilTheOuterEnds()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                kept = (ones(3) * 2).MoveToOuterDisposeScope();
            }

            Assert.Equal([2f, 2f, 2f], kept.data<float>().ToArray());
        }

        Assert.True(kept.Native.IsClosed);
    }

    [Fact]
    public void MoveToOuter_WithoutOuterScope_TensorLivesUntilDisposed()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(3).MoveToOuterDisposeScope();
        }

        Assert.False(kept.Native.IsClosed);
        kept.Dispose();
    }

    [Fact]
    public void Detach_ScopeEnds_TensorLivesUntilDisposed()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(3).DetachFromDisposeScope();
        }

        Assert.False(kept.Native.IsClosed);
        kept.Dispose();
        Assert.True(kept.Native.IsClosed);
    }

    [Fact]
    public void Scope_OfAnotherThread_TakesNothingFromThisOne()
    {
        Tensor? other = null;
        using (NewDisposeScope())
        {
            Thread thread = new(() => other = ones(1));
            thread.Start();
            thread.Join();
        }

        Assert.False(other!.Native.IsClosed);
        other.Dispose();
    }

    [Fact]
    public void LiveTensors_AfterScopesEnd_ReturnToTheirStart()
    {
        long before = LiveTensors.Settled();
        using (NewDisposeScope())
        {
            Tensor x = randn(4, 4);
            for (int i = 0; i < 100; i++)
            {
                using var inner = NewDisposeScope();
                x = x.matmul(x).sigmoid().sort().Values().MoveToOuterDisposeScope();
            }
        }

        Assert.Equal(before, Vlm.Torch.Kernels.Default.LiveTensors);
    }

    [Fact]
    public void Finalizer_ForgottenTensors_AreFreed()
    {
        long before = LiveTensors.Settled();
        Forget(50);
        for (int i = 0; i < 10 && Vlm.Torch.Kernels.Default.LiveTensors > before; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(before, Vlm.Torch.Kernels.Default.LiveTensors);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ = ones(10);
        }
    }
}

/// <summary>Counts of live tensors need a process without other work.</summary>
[CollectionDefinition("live tensors", DisableParallelization = true)]
public class LiveTensorsGroup;

internal static class LiveTensors
{
    /// <summary>Live tensors after what earlier tests forgot has been finalized.</summary>
    public static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Vlm.Torch.Kernels.Default.LiveTensors;
    }
}

internal static class Pairs
{
    public static Tensor Values(this (Tensor Values, Tensor Indices) pair) => pair.Values;
}
