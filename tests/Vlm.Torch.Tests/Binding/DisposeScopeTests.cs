using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Binding;

[Collection("live tensors")]
public class DisposeScopeTests
{
    [Fact]
    public void MoveToOuter_InnerScopeEnds_TensorLives()
    {
        using var outer = NewDisposeScope();
        Tensor kept;
        using (var inner = NewDisposeScope())
        {
            kept = (ones(3) * 2).MoveToOuterDisposeScope();
            Assert.Equal(2, inner.DisposablesCount + outer.DisposablesCount);
        }

        Assert.Equal([2f, 2f, 2f], kept.data<float>().ToArray());
        Assert.True(outer.Contains(kept));
    }

    [Fact]
    public void Detach_ScopeEnds_TensorLivesUntilDisposed()
    {
        Tensor kept;
        using (NewDisposeScope())
        {
            kept = ones(3).DetachFromDisposeScope();
        }

        Assert.False(kept.IsInvalid);
        kept.Dispose();
        Assert.True(kept.IsInvalid);
    }

    [Fact]
    public void DisposeEverythingBut_OneTensor_KeepsIt()
    {
        using var scope = NewDisposeScope();
        Tensor kept = ones(2);
        Tensor dropped = kept.exp();
        scope.DisposeEverythingBut(kept);
        Assert.False(kept.IsInvalid);
        Assert.True(dropped.IsInvalid);
        Assert.Equal(1, scope.DisposablesCount);
    }

    [Fact]
    public void Scope_OfAnotherThread_TakesNothingFromThisOne()
    {
        using var scope = NewDisposeScope();
        Tensor? other = null;
        Thread thread = new(() => other = ones(1));
        thread.Start();
        thread.Join();
        Assert.Equal(0, scope.DisposablesCount);
        other!.Dispose();
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
                x = (x.mm(x).tanh() + 1).sort().Values().MoveToOuterDisposeScope();
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
