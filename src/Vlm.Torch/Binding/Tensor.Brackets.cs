using Vlm.Torch.Native;
using static Vlm.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>A view where only positions and slices are given, a copy where a tensor is among the indices.</summary>
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params long[] indices]
        {
            get => index(Positions(indices));
            set => index_put_(value, Positions(indices));
        }

        public Tensor this[long i1]
        {
            get => select(0, i1);
            set => index_put_(value, TensorIndex.Single(i1));
        }

        public Tensor this[long i1, long i2]
        {
            get => index(i1, i2);
            set => index_put_(value, i1, i2);
        }

        public Tensor this[long i1, long i2, long i3]
        {
            get => index(i1, i2, i3);
            set => index_put_(value, i1, i2, i3);
        }

        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => index(i1, i2, i3, i4);
            set => index_put_(value, i1, i2, i3, i4);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            using NativeList tensors = TensorsOf(indices);
            NativeIndex[] entries = Entries(indices, tensors);
            return New(vt_index(Native, entries, entries.Length, out TensorHandle result), result);
        }

        public Tensor index(params Tensor[] indices) => index(Wrap(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, Wrap(indices), false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            using NativeList tensors = TensorsOf(indices);
            NativeIndex[] entries = Entries(indices, tensors);
            return Same(vt_index_put_(Native, entries, entries.Length, value.Native, accumulate));
        }

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) =>
            index_put_(value, Wrap(indices), accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using Tensor one = torch.full([], value, dtype, device);
            return index_put_(one, indices, false);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(value, Wrap(indices));

        private static TensorIndex[] Wrap(Tensor[] indices) => Array.ConvertAll(indices, TensorIndex.Tensor);

        private static TensorIndex[] Positions(long[] indices) => Array.ConvertAll(indices, i => (TensorIndex)i);

        private static NativeList TensorsOf(TensorIndex[] indices) =>
            new(indices.Where(index => index.Indices is not null).Select(index => index.Indices!.Native));

        private static NativeIndex[] Entries(TensorIndex[] indices, NativeList tensors)
        {
            NativeIndex[] entries = Array.ConvertAll(indices, index => index.Entry);
            for (int i = 0, used = 0; i < entries.Length; i++)
            {
                if (indices[i].Indices is not null)
                {
                    entries[i].TensorPointer = tensors.Pointers[used++];
                }
            }

            return entries;
        }
    }
}
