using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => Get(vt_requires_grad(Native, out bool result), result);
            set => Same(vt_set_requires_grad(Native, value));
        }

        public bool is_leaf => Get(vt_is_leaf(Native, out bool result), result);

        /// <summary>The accumulated gradient, null where there is none.</summary>
        public Tensor? grad
        {
            get
            {
                TorchException.Check(vt_grad(Native, out TensorHandle result));
                return result.IsInvalid ? null : new Tensor(result);
            }

            set => Same(vt_set_grad(Native, OrAbsent(value)));
        }

        public Tensor requires_grad_(bool requires_grad = true) => Same(vt_set_requires_grad(Native, requires_grad));

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public Tensor detach() => New(vt_detach(Native, out TensorHandle result), result);

        /// <summary>Adds the gradients of this scalar to every leaf that led to it.</summary>
        public void backward() => Same(vt_backward(Native, TensorHandle.Absent, false, false));
    }

    /// <summary>Gradient computation of this thread off until disposed.</summary>
    public static IDisposable no_grad() => set_grad_enabled(false);

    public static IDisposable enable_grad(bool enabled = true) => set_grad_enabled(enabled);

    public static IDisposable set_grad_enabled(bool mode = true)
    {
        bool before = is_grad_enabled();
        TorchException.Check(vt_set_grad_enabled(mode));
        return new Restore(() => TorchException.Check(vt_set_grad_enabled(before)));
    }

    public static bool is_grad_enabled()
    {
        TorchException.Check(vt_grad_enabled(out bool result));
        return result;
    }

    /// <summary>No gradients and no version counting on this thread until disposed (on the same thread).</summary>
    public static IDisposable inference_mode(bool mode = true)
    {
        TorchException.Check(vt_inference_guard_new(mode, out IntPtr guard));
        return new Restore(() => TorchException.Check(vt_inference_guard_free(guard)));
    }

    public static bool is_inference_mode_enabled()
    {
        TorchException.Check(vt_inference_enabled(out bool result));
        return result;
    }

    private sealed class Restore(Action undo) : IDisposable
    {
        private Action? _undo = undo;

        public void Dispose() => Interlocked.Exchange(ref _undo, null)?.Invoke();
    }

    public static partial class autograd
    {
        /// <summary>Gradients of the outputs with respect to the inputs; leaves are not touched.</summary>
        public static IList<Tensor> grad(IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null,
            bool retain_graph = false, bool create_graph = false, bool allow_unused = false)
        {
            using NativeList o = new(outputs.Select(tensor => tensor.Native));
            using NativeList i = new(inputs.Select(tensor => tensor.Native));
            using NativeList g = new((grad_outputs ?? []).Select(tensor => tensor.Native));
            IntPtr[] result = new IntPtr[inputs.Count];
            int status = vt_autograd_grad(o.Pointers, o.Count, i.Pointers, i.Count, g.Pointers, g.Count,
                retain_graph, create_graph, allow_unused, result, result.Length, out long count);
            return Tensor.New(status, result, count);
        }
    }
}
