using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    // Element type and device.
    public partial class Tensor
    {
        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To((int)type, null, copy, disposeAfter, non_blocking);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To(-1, device, copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false,
            bool non_blocking = false) => To((int)type, device, copy, disposeAfter, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            To((int)type, null, copy, disposeAfter, non_blocking);

        public Tensor cpu() => to(CPU);

        private Tensor To(int type, Device? device, bool copy, bool disposeAfter, bool nonBlocking)
        {
            int kind = device is null ? -1 : (int)device.type;
            Tensor moved = New(vt_to(Native, type, kind, device?.index ?? -1, nonBlocking, copy, out TensorHandle result), result);
            if (disposeAfter)
            {
                Dispose();
            }

            return moved;
        }
    }
}
