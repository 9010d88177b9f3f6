using Vlm.Core.Imaging;

namespace Vlm.Core.Tests.Imaging;

/// <summary>The pattern of shared/spec/image_preprocessing_vectors.json: any size, every byte value, no file.</summary>
internal static class SyntheticImage
{
    internal static RgbImage Create(int width, int height, int seed)
    {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int x, int y, int c) = (i / 3 % width, i / 3 / width, i % 3);
            int value = (x * (3 + (2 * c))) + (y * (7 - (2 * c))) + (((x * y) >> 4) * (c + 1)) +
                (((x >> 3) ^ (y >> 3)) * 29) + (seed * 17) + (c * 85);
            pixels[i] = (byte)(value & 255);
        }

        return new(width, height, pixels);
    }
}
