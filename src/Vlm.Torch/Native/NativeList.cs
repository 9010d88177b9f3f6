namespace Vlm.Torch.Native;

/// <summary>Pointers of several tensors, kept alive until disposed.</summary>
internal readonly ref struct NativeList : IDisposable
{
    private readonly TensorHandle[] _handles;

    /// <summary>Native pointers in order.</summary>
    public readonly IntPtr[] Pointers;

    public NativeList(IEnumerable<TensorHandle> handles)
    {
        _handles = [.. handles];
        Pointers = new IntPtr[_handles.Length];
        for (int i = 0; i < _handles.Length; i++)
        {
            bool added = false;
            try
            {
                _handles[i].DangerousAddRef(ref added);
            }
            catch (ObjectDisposedException)
            {
                Release(i); // nobody disposes a list whose constructor threw
                throw;
            }

            Pointers[i] = _handles[i].DangerousGetHandle();
        }
    }

    public long Count => Pointers.Length;

    public void Dispose() => Release(_handles.Length);

    private void Release(int count)
    {
        foreach (TensorHandle handle in _handles.AsSpan(0, count))
        {
            handle.DangerousRelease();
        }
    }
}
