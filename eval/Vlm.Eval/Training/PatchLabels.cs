using Vlm.Eval.Scenes;

namespace Vlm.Eval.Training;

/// <summary>
/// What stands on each patch of the square that the tower sees: the dense supervision of its first stage. A patch belongs
/// to the thing that covers most of its sample points, if that is a quarter of them at least.
/// </summary>
public sealed class PatchLabels
{
    private const int Samples = 4; // per axis and patch
    private const int MinSamples = Samples * Samples / 4;
    private const int Board = 7; // as a shape, behind the six of objects
    private const int Nothing = -1;

    /// <summary>Classes of each group; 0 is "nothing there".</summary>
    public static readonly (string Name, int Classes)[] Groups =
    [
        ("shape", 8), ("colour", 9), ("size", 3), ("pattern", 3), ("character", SceneGlyphs.Characters.Length + 1),
        ("place", 4), ("centre", 2),
    ];

    private PatchLabels(int grid)
    {
        Grid = grid;
        Classes = [.. Groups.Select(_ => new long[grid * grid])];
        Centres = new float[2 * grid * grid];
        HasThing = new float[grid * grid];
        Owners = [.. Enumerable.Repeat(Nothing, grid * grid)];
    }

    /// <summary>Patches per side.</summary>
    public int Grid { get; }

    /// <summary>Class per group and patch, row by row.</summary>
    public long[][] Classes { get; }

    /// <summary>Centre of the thing on a patch, x and y in -1..1 over the square; 0 where nothing is.</summary>
    public float[] Centres { get; }

    /// <summary>1 where a thing is, else 0.</summary>
    public float[] HasThing { get; }

    /// <summary>Which of the scene's objects a patch shows; -1 for none.</summary>
    public int[] Owners { get; }

    /// <summary>Labels of one scene.</summary>
    public static PatchLabels Of(Scene scene, int grid)
    {
        PatchLabels labels = new(grid);
        double left = (scene.Side - scene.Width) / 2 / (double)scene.Side;
        double top = (scene.Side - scene.Height) / 2 / (double)scene.Side;
        for (int i = 0; i < scene.Objects.Count; i++)
        {
            labels.Mark(scene.Objects[i], i, scene.Objects[i].X + left, scene.Objects[i].Y + top);
        }

        foreach (SceneBoard board in scene.Boards)
        {
            labels.Mark(board, board.X + left, board.Y + top);
        }

        return labels;
    }

    private void Mark(SceneObject it, int index, double x, double y)
    {
        foreach (int patch in Covered(x, y, it.Radius, it.Radius, (dx, dy) =>
            SceneOutline.Distance(it.Shape, dx / it.Radius, dy / it.Radius) < 0))
        {
            Set(patch, x, y, (int)it.Shape + 1, (int)it.Colour + 1, it.IsLarge ? 2 : 1, it.IsStriped ? 2 : 1);
            Owners[patch] = index;
        }

        Classes[6][(Cell(y) * Grid) + Cell(x)] = 1;
    }

    private void Mark(SceneBoard board, double x, double y)
    {
        foreach (int patch in Covered(x, y, board.HalfWidth, board.HalfHeight, (_, _) => true))
        {
            Set(patch, x, y, Board, 0, 0, 0);
        }

        double width = board.Dot * (SceneGlyphs.Columns + 1);
        for (int i = 0; i < board.Text.Length; i++)
        {
            double centre = x - board.HalfWidth + (board.Dot * 2) + (width * (i + 0.5));
            foreach (int patch in Covered(centre, y, width / 2, board.CharacterHeight / 2, (_, _) => true))
            {
                Classes[4][patch] = SceneGlyphs.Characters.IndexOf(board.Text[i], StringComparison.Ordinal) + 1;
                Classes[5][patch] = i + 1;
            }
        }
    }

    private void Set(int patch, double x, double y, params ReadOnlySpan<int> classes)
    {
        for (int group = 0; group < classes.Length; group++)
        {
            Classes[group][patch] = classes[group];
        }

        (Centres[2 * patch], Centres[(2 * patch) + 1]) = ((float)((2 * x) - 1), (float)((2 * y) - 1));
        HasThing[patch] = 1;
    }

    private int Cell(double value) => Math.Clamp((int)(value * Grid), 0, Grid - 1);

    // Patches with enough sample points inside a thing around (x, y).
    private IEnumerable<int> Covered(
        double x, double y, double halfWidth, double halfHeight, Func<double, double, bool> isInside)
    {
        for (int row = Cell(y - halfHeight); row <= Cell(y + halfHeight); row++)
        {
            for (int column = Cell(x - halfWidth); column <= Cell(x + halfWidth); column++)
            {
                int hits = 0;
                for (int sample = 0; sample < Samples * Samples; sample++)
                {
                    double dx = ((column + ((sample % Samples) + 0.5) / Samples) / Grid) - x;
                    double dy = ((row + ((sample / Samples) + 0.5) / Samples) / Grid) - y;
                    bool isNear = Math.Abs(dx) <= halfWidth && Math.Abs(dy) <= halfHeight;
                    hits += isNear && isInside(dx, dy) ? 1 : 0;
                }

                if (hits >= MinSamples)
                {
                    yield return (row * Grid) + column;
                }
            }
        }
    }
}
