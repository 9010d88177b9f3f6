namespace Vlm.Core.Preview.Pictures;

/// <summary>Colours of groups and of heat maps.</summary>
internal static class Palette
{
    private const double GoldenRatio = 0.61803398874989485;
    private const double FirstHue = 0.78; // violet for the group of the corner, which is mostly background

    // Stops of matplotlib's viridis at equal distances: dark is low.
    private static readonly (byte R, byte G, byte B)[] Viridis =
        [(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)];

    /// <summary>A strong colour; neighbouring numbers get distant hues.</summary>
    public static (byte R, byte G, byte B) Group(int number)
    {
        double hue = (FirstHue + (number * GoldenRatio)) % 1 * 6;
        return (Channel(hue), Channel(hue + 4), Channel(hue + 2));
    }

    /// <summary>A place on the scale, 0 to 1.</summary>
    public static (byte R, byte G, byte B) Heat(double value)
    {
        double place = Math.Clamp(value, 0, 1) * (Viridis.Length - 1);
        int below = Math.Min((int)place, Viridis.Length - 2);
        (byte R, byte G, byte B) low = Viridis[below], high = Viridis[below + 1];
        return (Mix(low.R, high.R, place - below), Mix(low.G, high.G, place - below), Mix(low.B, high.B, place - below));
    }

    // One channel of a fully saturated colour around the hexagon of hues, lightened a little.
    private static byte Channel(double hue)
    {
        hue %= 6;
        double value = Math.Clamp(Math.Abs(hue - 3) - 1, 0, 1);
        return Mix(30, 255, value);
    }

    private static byte Mix(byte low, byte high, double share) => (byte)Math.Round(low + ((high - low) * share));
}
