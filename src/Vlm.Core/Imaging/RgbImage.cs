namespace Vlm.Core.Imaging;

/// <summary>An 8-bit RGB picture.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">RGB interleaved, row-major: Width * Height * 3 bytes.</param>
public sealed record RgbImage(int Width, int Height, byte[] Pixels)
{
    internal const int Channels = 3;

    internal int RowBytes => Width * Channels;

    internal static RgbImage Create(int width, int height) =>
        new(width, height, GC.AllocateUninitializedArray<byte>(checked(width * height * Channels)));
}
