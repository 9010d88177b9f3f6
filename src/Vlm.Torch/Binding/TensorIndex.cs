using Vlm.Torch.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>One entry between the brackets of <c>x[...]</c>.</summary>
    public struct TensorIndex
    {
        internal NativeIndex Entry;
        internal Tensor? Indices;

        public static readonly TensorIndex None = new() { Entry = { Kind = NativeIndex.None } };

        public static readonly TensorIndex Null = None;

        public static readonly TensorIndex Ellipsis = new() { Entry = { Kind = NativeIndex.Ellipsis } };

        public static readonly TensorIndex Colon = Slice();

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new()
        {
            Entry =
            {
                Kind = NativeIndex.Slice,
                Start = start ?? long.MinValue,
                Stop = stop ?? long.MinValue,
                Step = step ?? long.MinValue,
            },
        };

        public static TensorIndex Slice(Range range) =>
            Slice(Position(range.Start), range.End.Equals(Index.End) ? null : Position(range.End));

        public static TensorIndex Slice((int?, int?) range) => Slice(range.Item1, range.Item2);

        public static TensorIndex Single(long? index) =>
            index is { } value ? new() { Entry = { Kind = NativeIndex.Position, Start = value } } : None;

        public static TensorIndex Bool(bool value) =>
            new() { Entry = { Kind = NativeIndex.Truth, Start = value ? 1 : 0 } };

        public static TensorIndex Tensor(Tensor tensor) =>
            new() { Entry = { Kind = NativeIndex.Tensor }, Indices = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(Position(index));

        public static implicit operator TensorIndex((int?, int?) range) => Slice(range);

        private static long Position(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }
}
