namespace Vlm.Eval.Scenes;

/// <summary>Signed distance to the outline of each shape of radius 1 around the origin, y down: negative inside. Exact
/// near the outline, which is what smooth edges need.</summary>
internal static class SceneOutline
{
    private const double StarInner = 0.42; // radius of the five inner corners
    private const double Sin36 = 0.58778525229247314;
    private const double Cos36 = 0.80901699437494745;

    // Directions to the five tips.
    private static readonly (double X, double Y)[] Tips =
    [
        (0, -1),
        (0.95105651629515357, -0.30901699437494745),
        (0.58778525229247314, 0.80901699437494745),
        (-0.58778525229247314, 0.80901699437494745),
        (-0.95105651629515357, -0.30901699437494745),
    ];

    // Outward normal of a star's edge, for the tip that points up; (x, 1 - up) is seen from the tip.
    private static readonly (double X, double Y) StarEdge = Normal(Sin36 * StarInner, 1 - (Cos36 * StarInner));

    private static readonly (double X, double Y) TriangleEdge = Normal(0.95, 1.7);

    internal static double Distance(SceneShape shape, double x, double y) => shape switch
    {
        SceneShape.Circle => Math.Sqrt((x * x) + (y * y)) - 0.95,
        SceneShape.Square => Math.Max(Math.Abs(x), Math.Abs(y)) - 0.82,
        SceneShape.Diamond => ((Math.Abs(x) + Math.Abs(y)) - 1) * 0.70710678118654757,
        SceneShape.Triangle =>
            Math.Max((Math.Abs(x) * TriangleEdge.X) - ((y + 1) * TriangleEdge.Y), y - 0.7),
        SceneShape.Cross => Math.Min(Bar(x, y), Bar(y, x)),
        _ => Star(x, y),
    };

    private static double Bar(double x, double y) => Math.Max(Math.Abs(x) - 0.96, Math.Abs(y) - 0.32);

    private static double Star(double x, double y)
    {
        double up = double.NegativeInfinity;
        double aside = 0;
        foreach (var (tipX, tipY) in Tips)
        {
            double along = (x * tipX) + (y * tipY);
            if (along > up)
            {
                up = along;
                aside = Math.Abs((x * tipY) - (y * tipX));
            }
        }

        return (aside * StarEdge.X) - ((1 - up) * StarEdge.Y);
    }

    // Normal of the line from (0, 0) in direction (dx, dy), as factors of x and of -y.
    private static (double X, double Y) Normal(double dx, double dy)
    {
        double length = Math.Sqrt((dx * dx) + (dy * dy));
        return (dy / length, dx / length);
    }
}
