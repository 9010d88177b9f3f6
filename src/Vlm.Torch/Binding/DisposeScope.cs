namespace TorchSharp;

/// <summary>Disposes what was attached to it. Tensors attach to the innermost scope of the thread that makes them.</summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? t_current;

    private readonly HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);
    private readonly DisposeScope? _outer;

    internal DisposeScope()
    {
        _outer = t_current;
        t_current = this;
    }

    internal static DisposeScope? Current => t_current;

    /// <summary>Number of objects that disposing this scope would dispose.</summary>
    public int DisposablesCount => _disposables.Count;

    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    public void Attach(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
        {
            tensor.Scope?._disposables.Remove(tensor);
            tensor.Scope = this;
        }

        _disposables.Add(disposable);
    }

    public T Detach<T>(T disposable)
        where T : IDisposable
    {
        Remove(disposable);
        return disposable;
    }

    public void Detach(params IDisposable[] disposables) => Array.ForEach(disposables, Remove);

    /// <summary>Hands the object to the scope around this one; without one it is detached.</summary>
    public T MoveToOuter<T>(T disposable)
        where T : IDisposable
    {
        MoveTo(_outer, disposable);
        return disposable;
    }

    public void MoveToOuter(params IDisposable[] disposables) =>
        Array.ForEach(disposables, disposable => MoveTo(_outer, disposable));

    public T MoveToOther<T>(DisposeScope scope, T disposable)
        where T : IDisposable
    {
        Remove(disposable);
        MoveTo(scope, disposable);
        return disposable;
    }

    /// <summary>Disposes everything attached; the scope stays open.</summary>
    public void DisposeEverything()
    {
        while (_disposables.Count > 0)
        {
            IDisposable[] all = [.. _disposables];
            _disposables.Clear();
            Array.ForEach(all, Release);
        }
    }

    /// <summary>Disposes everything but one object, which stays attached.</summary>
    public T DisposeEverythingBut<T>(T keep)
        where T : IDisposable
    {
        bool kept = _disposables.Remove(keep);
        DisposeEverything();
        if (kept)
        {
            _disposables.Add(keep);
        }

        return keep;
    }

    /// <summary>Forgets an object that has been disposed by other means.</summary>
    public void MarkAsDisposed(IDisposable disposable) => Remove(disposable);

    public void Dispose()
    {
        DisposeEverything();
        if (t_current == this)
        {
            t_current = _outer;
        }
    }

    private static void MoveTo(DisposeScope? scope, IDisposable disposable)
    {
        if (scope is not null)
        {
            scope.Attach(disposable);
        }
        else if (disposable is torch.Tensor { Scope: { } owner })
        {
            owner.Remove(disposable);
        }
    }

    private static void Release(IDisposable disposable)
    {
        if (disposable is torch.Tensor tensor)
        {
            tensor.Scope = null;
        }

        disposable.Dispose();
    }

    private void Remove(IDisposable disposable)
    {
        _disposables.Remove(disposable);
        if (disposable is torch.Tensor tensor && tensor.Scope == this)
        {
            tensor.Scope = null;
        }
    }
}

public static partial class torch
{
    /// <summary>Opens a scope of this thread; tensors made until it is disposed belong to it.</summary>
    public static DisposeScope NewDisposeScope() => new();

    public static DisposeScope? CurrentDisposeScope => DisposeScope.Current;
}
