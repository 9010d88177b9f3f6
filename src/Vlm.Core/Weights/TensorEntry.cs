using System.Globalization;

namespace Vlm.Core.Weights;

/// <summary>Name, type, shape and place of one tensor in a file.</summary>
/// <param name="Name">Name as written in the file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Row-major shape; empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="Length">Bytes of the contiguous tensor.</param>
public sealed record TensorEntry(string Name, TensorDType DType, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary>Number of elements.</summary>
    public long Count => TensorShape.Count(Shape);
}

/// <summary>Arithmetic and text of shapes.</summary>
public static class TensorShape
{
    /// <summary>Product of the dimensions; 1 for a scalar.</summary>
    /// <exception cref="OverflowException">More than 2^63 - 1 elements.</exception>
    public static long Count(IReadOnlyList<long> shape)
    {
        // A zero anywhere wins over an overflow: [2^40, 2^40, 0] is a legal empty tensor.
        if (shape.Contains(0))
        {
            return 0;
        }

        long count = 1;
        foreach (long dimension in shape)
        {
            count = checked(count * dimension);
        }

        return count;
    }

    /// <summary>The shape as in messages: <c>[4096, 1024]</c>.</summary>
    public static string Text(IEnumerable<long> shape) =>
        $"[{string.Join(", ", shape.Select(d => d.ToString(CultureInfo.InvariantCulture)))}]";
}
