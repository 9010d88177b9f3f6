using Vlm.Core.Imaging;

namespace Vlm.Eval.Scenes;

/// <summary>Paints a scene with smooth edges: background, board, objects.</summary>
public static class ScenePainter
{
    private const double Jitter = 16; // of a named colour, per channel
    private const double StripeWidth = 0.27; // of the radius

    private static readonly Colour Frame = new(70, 50, 35);
    private static readonly Colour Card = new(246, 242, 222);
    private static readonly Colour Ink = new(28, 26, 40);

    private static readonly Colour[] Palette =
    [
        new(215, 40, 40),
        new(40, 155, 60),
        new(45, 80, 215),
        new(240, 215, 45),
        new(135, 50, 165),
        new(245, 135, 25),
        new(244, 244, 244),
        new(22, 22, 22),
    ];

    private readonly record struct Colour(double R, double G, double B)
    {
        public static Colour operator +(Colour a, Colour b) => new(a.R + b.R, a.G + b.G, a.B + b.B);

        public static Colour operator *(Colour a, double factor) => new(a.R * factor, a.G * factor, a.B * factor);

        public static Colour Random(SceneRandom random, double spread) =>
            new(random.Between(-spread, spread), random.Between(-spread, spread), random.Between(-spread, spread));
    }

    /// <summary>The picture, Width x Height pixels.</summary>
    public static RgbImage Paint(Scene scene)
    {
        SceneRandom random = new(scene.PaintSeed);
        RgbImage image = new(scene.Width, scene.Height, new byte[scene.Width * scene.Height * 3]);
        PaintBackground(image, scene, random);
        foreach (SceneBoard board in scene.Boards)
        {
            PaintBoard(image, scene.Side, board);
        }

        foreach (SceneObject it in scene.Objects)
        {
            PaintObject(image, scene.Side, it, random);
        }

        return image;
    }

    // A gradient between two greyish colours plus a texture that is a product or sum of two rows of numbers.
    private static void PaintBackground(RgbImage image, Scene scene, SceneRandom random)
    {
        double grey = random.Between(95, 180);
        Colour from = new Colour(grey, grey, grey) + Colour.Random(random, 18);
        Colour step = Colour.Random(random, 26);
        bool isDownward = random.Chance(0.5);
        double strength = random.Between(3, 13);
        double[] across = Wave(scene.Width, scene.Texture, random);
        double[] down = Wave(scene.Height, scene.Texture, random);
        uint noise = (uint)random.Next();
        bool isNoisy = scene.Texture == SceneTexture.Noise;
        int at = 0;
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                noise = (noise * 1664525) + 1013904223; // a linear congruential step: only speckles
                double texture = isNoisy ? ((noise >> 16) / 32768.0) - 1 : across[x] * down[y];
                double share = isDownward ? (double)y / image.Height : (double)x / image.Width;
                at = Put(image.Pixels, at, from + (step * share), texture * strength);
            }
        }
    }

    private static double[] Wave(int length, SceneTexture texture, SceneRandom random)
    {
        double period = random.Between(0.06, 0.25) * length;
        double phase = random.Between(0, 1);
        return [.. Enumerable.Range(0, length).Select(i => texture switch
        {
            SceneTexture.Waves => Triangle((i / period) + phase),
            SceneTexture.Tiles => ((i / period) + phase) % 1 < 0.5 ? 0.8 : -0.8,
            _ => 0,
        })];
    }

    private static double Triangle(double turn) => (4 * Math.Abs((turn % 1) - 0.5)) - 1;

    private static int Put(byte[] pixels, int at, Colour colour, double shift)
    {
        pixels[at] = ToByte(colour.R + shift);
        pixels[at + 1] = ToByte(colour.G + shift);
        pixels[at + 2] = ToByte(colour.B + shift);
        return at + 3;
    }

    private static byte ToByte(double value) => (byte)Math.Clamp(value + 0.5, 0, 255);

    private static void PaintObject(RgbImage image, int side, SceneObject it, SceneRandom random)
    {
        Colour colour = Palette[(int)it.Colour] + Colour.Random(random, Jitter);
        Colour other = it.Colour == SceneColour.Black ? new Colour(125, 125, 125) : colour * 0.5;
        bool isRising = random.Chance(0.5);
        double radius = it.Radius * side;
        Cover(image, it.X * side, it.Y * side, radius, radius, (x, y) =>
        {
            double edge = SceneOutline.Distance(it.Shape, x / radius, y / radius) * radius;
            double stripe = (isRising ? x + y : x - y) / (radius * StripeWidth * 2);
            bool isOther = it.IsStriped && stripe - Math.Floor(stripe) < 0.5;
            return (Math.Clamp(0.5 - edge, 0, 1), isOther ? other : colour);
        });
    }

    private static void PaintBoard(RgbImage image, int side, SceneBoard board)
    {
        double halfWidth = board.HalfWidth * side, halfHeight = board.HalfHeight * side, dot = board.Dot * side;
        Cover(image, board.X * side, board.Y * side, halfWidth, halfHeight, (x, y) =>
        {
            double edge = Math.Max(Math.Abs(x) - halfWidth, Math.Abs(y) - halfHeight);
            double ink = edge > -0.7 * dot ? 0 : Ink4(board, (x + halfWidth) / dot, (y + halfHeight) / dot, 0.25 / dot);
            Colour ground = edge > -0.7 * dot ? Frame : (Card * (1 - ink)) + (Ink * ink);
            return (Math.Clamp(0.5 - edge, 0, 1), ground);
        });
    }

    // Share of a pixel that is printed: four samples. Coordinates in dots from the board's corner.
    private static double Ink4(SceneBoard board, double x, double y, double step) =>
        (Printed(board, x - step, y - step) + Printed(board, x + step, y - step)
            + Printed(board, x - step, y + step) + Printed(board, x + step, y + step)) / 4;

    private static double Printed(SceneBoard board, double x, double y)
    {
        (int column, int row) = ((int)Math.Floor(x - 2.5), (int)Math.Floor(y - 2.5));
        (int character, column) = Math.DivRem(column, SceneGlyphs.Columns + 1);
        bool isInside = column is >= 0 and < SceneGlyphs.Columns && row is >= 0 and < SceneGlyphs.Rows
            && character < board.Text.Length;
        return isInside && SceneGlyphs.IsPrinted(board.Text[character], column, row) ? 1 : 0;
    }

    // Blends a shape over the picture: shade tells coverage and colour at a pixel's centre, seen from the shape's.
    private static void Cover(
        RgbImage image, double centreX, double centreY, double halfWidth, double halfHeight,
        Func<double, double, (double Coverage, Colour Colour)> shade)
    {
        int left = Math.Max(0, (int)(centreX - halfWidth) - 1);
        int right = Math.Min(image.Width - 1, (int)(centreX + halfWidth) + 1);
        int top = Math.Max(0, (int)(centreY - halfHeight) - 1);
        int bottom = Math.Min(image.Height - 1, (int)(centreY + halfHeight) + 1);
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                var (coverage, colour) = shade(x + 0.5 - centreX, y + 0.5 - centreY);
                if (coverage > 0)
                {
                    Blend(image.Pixels, ((y * image.Width) + x) * 3, coverage, colour);
                }
            }
        }
    }

    private static void Blend(byte[] pixels, int at, double coverage, Colour colour)
    {
        Colour under = new(pixels[at], pixels[at + 1], pixels[at + 2]);
        Put(pixels, at, (under * (1 - coverage)) + (colour * coverage), 0);
    }
}
