namespace TorchSharp;

/// <summary>Disposes the tensors attached to it. Tensors attach to the innermost scope of the thread that makes them.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? t_current;

    private readonly HashSet<torch.Tensor> _tensors = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? _outer;

    internal DisposeScope()
    {
        _outer = t_current;
        t_current = this;
    }

    internal static DisposeScope? Current => t_current;

    public void Dispose()
    {
        foreach (torch.Tensor tensor in _tensors)
        {
            tensor.Scope = null;
            tensor.Dispose();
        }

        _tensors.Clear();
        if (t_current == this)
        {
            t_current = _outer;
        }
    }

    internal void Attach(torch.Tensor tensor)
    {
        tensor.Scope?._tensors.Remove(tensor);
        tensor.Scope = this;
        _tensors.Add(tensor);
    }

    internal void Detach(torch.Tensor tensor)
    {
        _tensors.Remove(tensor);
        tensor.Scope = null;
    }

    /// <summary>Hands the tensor to the scope around this one; without one it is detached.</summary>
    internal void MoveToOuter(torch.Tensor tensor)
    {
        if (_outer is null)
        {
            Detach(tensor);
        }
        else
        {
            _outer.Attach(tensor);
        }
    }
}

public static partial class torch
{
    /// <summary>Opens a scope of this thread; tensors made until it is disposed belong to it.</summary>
    public static DisposeScope NewDisposeScope() => new();
}
