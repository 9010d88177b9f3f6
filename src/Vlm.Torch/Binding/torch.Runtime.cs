using System.Runtime.InteropServices;
using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

/// <summary>libtorch with the names of TorchSharp 0.106: what this engine uses of it.</summary>
public static partial class torch
{
    /// <summary>Version of the libtorch that was found.</summary>
    public static string __version__ => Marshal.PtrToStringUTF8(vt_version())!;

    public static int get_num_threads()
    {
        TorchException.Check(vt_get_num_threads(out int result));
        return result;
    }

    public static void set_num_threads(int num) => TorchException.Check(vt_set_num_threads(num));

    public static class cuda
    {
        public static bool is_available()
        {
            TorchException.Check(vt_cuda_is_available(out bool result));
            return result;
        }

        public static int device_count()
        {
            TorchException.Check(vt_cuda_device_count(out int result));
            return result;
        }

        /// <summary>Waits until the work queued on the device is done.</summary>
        public static void synchronize(Device? device = null) =>
            TorchException.Check(vt_cuda_synchronize(device?.index ?? 0));
    }
}
