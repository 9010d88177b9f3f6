using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public long ndim => Get(vt_ndim(Native, out long result), result);

        public long Dimensions => ndim;

        public long NumberOfElements => numel();

        public long ElementSize => element_size();

        public long[] shape
        {
            get
            {
                long[] sizes = new long[ndim];
                return Get(vt_sizes(Native, sizes, sizes.Length), sizes);
            }
        }

        public ScalarType dtype => (ScalarType)Get(vt_dtype(Native, out int result), result);

        public Device device => Get(vt_device(Native, out int type, out int index), new Device((DeviceType)type, index));

        public DeviceType device_type => (DeviceType)Get(vt_device(Native, out int type, out _), type);

        public int device_index => Get(vt_device(Native, out _, out int index), index);

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        /// <summary>The elements as bytes: a contiguous CPU tensor's own memory, valid while the tensor lives.</summary>
        public Span<byte> bytes
        {
            get => Memory<byte>(numel() * element_size());
            set => value.CopyTo(Memory<byte>(numel() * element_size()));
        }

        public bool is_cpu() => device_type == DeviceType.CPU;

        public long dim() => ndim;

        public long numel() => Get(vt_numel(Native, out long result), result);

        public long element_size() => Get(vt_element_size(Native, out long result), result);

        public long storage_offset() => Get(vt_storage_offset(Native, out long result), result);

        public long[] size() => shape;

        public long size(int dim) => Get(vt_size(Native, dim, out long result), result);

        public long[] stride()
        {
            long[] strides = new long[ndim];
            return Get(vt_strides(Native, strides, strides.Length), strides);
        }

        public long stride(int dim)
        {
            long[] strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        public bool is_contiguous() => Get(vt_is_contiguous(Native, out bool result), result);

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        /// <summary>The value of a tensor with one element.</summary>
        public T item<T>()
            where T : unmanaged
        {
            Scalar value = ToScalar();
            object boxed = typeof(T) == typeof(bool) ? value.ToBoolean()
                : typeof(T) == typeof(Half) ? (Half)value.AsDouble()
                : typeof(T) == typeof(float) ? (float)value.AsDouble()
                : typeof(T) == typeof(double) ? value.AsDouble()
                : Convert.ChangeType(value.AsInt64(), typeof(T), System.Globalization.CultureInfo.InvariantCulture);
            return (T)boxed;
        }

        public Scalar ToScalar() => new(Get(vt_item(Native, out NativeScalar result), result), dtype);

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
            if (!is_cpu() || !is_contiguous())
            {
                throw new InvalidOperationException($"bytes: expected a contiguous CPU tensor, found {this}.");
            }

            return new Span<T>((void*)Get(vt_data(Native, out IntPtr result), result), checked((int)count));
        }
    }
}
