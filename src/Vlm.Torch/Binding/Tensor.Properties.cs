using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long[] shape
        {
            get
            {
                long[] sizes = new long[dim()];
                return Get(vt_sizes(Native, sizes, sizes.Length), sizes);
            }
        }

        public ScalarType dtype => (ScalarType)Get(vt_dtype(Native, out int result), result);

        public Device device => Get(vt_device(Native, out int type, out int index), new Device((DeviceType)type, index));

        /// <summary>The elements as bytes: a contiguous CPU tensor's own memory, valid while the tensor lives.</summary>
        public Span<byte> bytes => Memory<byte>(numel() * element_size());

        public long dim() => Get(vt_ndim(Native, out long result), result);

        public long numel() => Get(vt_numel(Native, out long result), result);

        public long element_size() => Get(vt_element_size(Native, out long result), result);

        public long size(int dim) => Get(vt_size(Native, dim, out long result), result);

        /// <summary>The value of a tensor with one element.</summary>
        public T item<T>()
            where T : unmanaged
        {
            NativeScalar value = Get(vt_item(Native, out NativeScalar result), result);
            object boxed = typeof(T) == typeof(bool) ? value.AsDouble() != 0
                : typeof(T) == typeof(Half) ? (Half)value.AsDouble()
                : typeof(T) == typeof(float) ? (float)value.AsDouble()
                : typeof(T) == typeof(double) ? value.AsDouble()
                : Convert.ChangeType(value.AsInt64(), typeof(T), System.Globalization.CultureInfo.InvariantCulture);
            return (T)boxed;
        }

        /// <summary>Access to the elements of a CPU tensor in row-major order.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> does not match the element type.</exception>
        public Utils.TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            if (ElementType.Of<T>() != dtype)
            {
                throw new ArgumentException($"data<{typeof(T).Name}>: expected the element type of a {dtype} tensor.");
            }

            return new Utils.TensorAccessor<T>(this);
        }

        internal unsafe Span<T> Memory<T>(long count)
        {
            if (device.type != DeviceType.CPU || !Get(vt_is_contiguous(Native, out bool dense), dense))
            {
                throw new InvalidOperationException($"bytes: expected a contiguous CPU tensor, found {this}.");
            }

            return new Span<T>((void*)Get(vt_data(Native, out IntPtr result), result), checked((int)count));
        }
    }
}
