using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>The accumulated gradient, null where there is none.</summary>
        public Tensor? grad
        {
            get
            {
                TorchException.Check(vt_grad(Native, out TensorHandle result));
                return result.IsInvalid ? null : new Tensor(result);
            }

            internal set => Same(vt_set_grad(Native, OrAbsent(value)));
        }

        internal Tensor requires_grad_(bool requires_grad = true) => Same(vt_set_requires_grad(Native, requires_grad));

        public Tensor detach() => New(vt_detach(Native, out TensorHandle result), result);

        /// <summary>Adds the gradients of this scalar to every leaf that led to it.</summary>
        public void backward() => Same(vt_backward(Native, TensorHandle.Absent, false, false));
    }

    /// <summary>Gradient computation of this thread off until disposed.</summary>
    public static IDisposable no_grad()
    {
        TorchException.Check(vt_grad_enabled(out bool before));
        TorchException.Check(vt_set_grad_enabled(false));
        return new Restore(() => TorchException.Check(vt_set_grad_enabled(before)));
    }

    /// <summary>No gradients and no version counting on this thread until disposed (on the same thread).</summary>
    public static IDisposable inference_mode(bool mode = true)
    {
        TorchException.Check(vt_inference_guard_new(mode, out IntPtr guard));
        return new Restore(() => TorchException.Check(vt_inference_guard_free(guard)));
    }

    private sealed class Restore(Action undo) : IDisposable
    {
        private Action? _undo = undo;

        public void Dispose() => Interlocked.Exchange(ref _undo, null)?.Invoke();
    }
}
