using Vlm.Torch.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. It belongs to the innermost <see cref="DisposeScope"/> of the thread that made it, or to
    /// the caller where there is none; a forgotten one is freed by the finalizer of its handle.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        internal readonly TensorHandle Native;

        internal DisposeScope? Scope;

        internal Tensor(TensorHandle handle)
        {
            Native = handle;
            DisposeScope.Current?.Attach(this);
        }

        public void Dispose()
        {
            if (Scope is { } scope)
            {
                scope.Detach(this);
            }

            Native.Dispose();
            GC.SuppressFinalize(this);
        }

        public Tensor MoveToOuterDisposeScope()
        {
            Scope?.MoveToOuter(this);
            return this;
        }

        public Tensor DetachFromDisposeScope()
        {
            Scope?.Detach(this);
            return this;
        }

        public override string ToString() => $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        internal static TensorHandle OrAbsent(Tensor? tensor) => tensor?.Native ?? TensorHandle.Absent;

        internal static Tensor New(int status, TensorHandle handle)
        {
            TorchException.Check(status);
            return new Tensor(handle);
        }

        internal static (Tensor, Tensor) New(int status, TensorHandle first, TensorHandle second)
        {
            TorchException.Check(status);
            return (new Tensor(first), new Tensor(second));
        }

        internal static Tensor[] New(int status, IntPtr[] pointers, long count)
        {
            TorchException.Check(status);
            return [.. pointers.Take((int)count).Select(pointer => new Tensor(new TensorHandle(pointer)))];
        }

        private static T Get<T>(int status, T value)
        {
            TorchException.Check(status);
            return value;
        }

        private Tensor Same(int status)
        {
            TorchException.Check(status);
            return this;
        }
    }
}
