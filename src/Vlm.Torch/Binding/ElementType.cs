using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Element types of C# and of libtorch.</summary>
internal static class ElementType
{
    public static ScalarType Of<T>() => Of(typeof(T));

    /// <exception cref="ArgumentException">There is no element type for <paramref name="type"/>.</exception>
    public static ScalarType Of(Type type) =>
        type == typeof(byte) ? ScalarType.Byte
        : type == typeof(sbyte) ? ScalarType.Int8
        : type == typeof(short) ? ScalarType.Int16
        : type == typeof(int) ? ScalarType.Int32
        : type == typeof(long) ? ScalarType.Int64
        : type == typeof(Half) ? ScalarType.Float16
        : type == typeof(float) ? ScalarType.Float32
        : type == typeof(double) ? ScalarType.Float64
        : type == typeof(bool) ? ScalarType.Bool
        : throw new ArgumentException($"Element type: expected a number or bool, found {type.Name}.");
}
