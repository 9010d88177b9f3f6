namespace Vlm.Eval.Scenes;

/// <summary>Draws scenes: sizes, places, attributes. Pure: the same seed gives the same scene.</summary>
public static class SceneSampler
{
    private const int MaxTries = 60;
    private const double Gap = 0.015;
    private const double MinAspect = 0.66;
    private const int PopularWeight = 3;

    private static readonly int[] Sides = [200, 224, 256, 288, 320, 400, 480, 560, 640];

    // Like objects in photographs, some pairs of colour and shape are three times as frequent as others.
    private static readonly int[] Weights =
        [.. Enumerable.Range(0, Pairs).Select(pair => IsPopular(pair) ? PopularWeight : 1)];

    /// <summary>Number of pairs of colour and shape.</summary>
    public static int Pairs => SceneWords.Colours.Count * SceneWords.Shapes.Count;

    /// <summary>The frequent quarter of all pairs, POPE's "popular" objects.</summary>
    public static bool IsPopular(int pair) => pair * 5 % 4 == pair / SceneWords.Shapes.Count % 4;

    /// <summary>Number of a pair.</summary>
    public static int Pair(SceneColour colour, SceneShape shape) => ((int)colour * SceneWords.Shapes.Count) + (int)shape;

    /// <summary>Colour and shape of a numbered pair.</summary>
    public static (SceneColour Colour, SceneShape Shape) Pair(int pair) =>
        ((SceneColour)(pair / SceneWords.Shapes.Count), (SceneShape)(pair % SceneWords.Shapes.Count));

    /// <summary>An ordinary scene: 1 to <paramref name="maxObjects"/> objects, no pair of colour and shape
    /// twice.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="hasBoard">Whether a board is there.</param>
    /// <param name="maxObjects">1 to 6.</param>
    public static Scene Ordinary(ulong seed, bool hasBoard, int maxObjects = 6)
    {
        SceneRandom random = new(seed);
        int count = 1 + random.Below(maxObjects);
        return Draw(random, count, hasBoard ? 1 : 0, isUnique: true);
    }

    /// <summary>A crowded scene (8 to 14 objects, 1 to 3 boards), to learn seeing from.</summary>
    public static Scene Crowded(ulong seed)
    {
        SceneRandom random = new(seed);
        return Draw(random, 8 + random.Below(7), 1 + random.Below(3), isUnique: false);
    }

    private static Scene Draw(SceneRandom random, int objects, int boards, bool isUnique)
    {
        int side = random.Pick(Sides);
        int other = Math.Max(Sides[0], (int)(side * random.Pick([1.0, 1.0, 0.75, MinAspect, 0.8])));
        (int width, int height) = random.Chance(0.6) ? (side, other) : (other, side);
        Layout layout = new((double)width / side, (double)height / side);
        for (int i = 0; i < boards; i++)
        {
            layout.AddBoard(random);
        }

        HashSet<int> used = [];
        for (int i = 0; i < objects; i++)
        {
            int pair = random.Weighted(Weights);
            if (!isUnique || used.Add(pair))
            {
                layout.AddObject(random, pair);
            }
        }

        return new Scene(
            width, height, (SceneTexture)random.Below(4), layout.Objects, layout.Boards, random.Next());
    }

    // What is placed so far; places are tried until one is free.
    private sealed class Layout(double width, double height)
    {
        public List<SceneObject> Objects { get; } = [];

        public List<SceneBoard> Boards { get; } = [];

        public void AddBoard(SceneRandom random)
        {
            char[] text = new char[1 + random.Below(3)];
            for (int i = 0; i < text.Length; i++)
            {
                text[i] = SceneGlyphs.Characters[random.Below(SceneGlyphs.Characters.Length)];
            }

            SceneBoard board = new(new string(text), 0, 0, random.Between(0.09, 0.115));
            for (int attempt = 0; attempt < MaxTries; attempt++)
            {
                SceneBoard placed = board with
                {
                    X = random.Between(board.HalfWidth + Gap, width - board.HalfWidth - Gap),
                    Y = random.Between(board.HalfHeight + Gap, height - board.HalfHeight - Gap),
                };
                if (Boards.All(other => Math.Abs(other.X - placed.X) > other.HalfWidth + placed.HalfWidth + Gap
                    || Math.Abs(other.Y - placed.Y) > other.HalfHeight + placed.HalfHeight + Gap))
                {
                    Boards.Add(placed);
                    return;
                }
            }
        }

        public void AddObject(SceneRandom random, int pair)
        {
            bool isLarge = random.Chance(0.5);
            bool isStriped = random.Chance(0.4);
            double radius = isLarge ? random.Between(0.092, 0.108) : random.Between(0.052, 0.062);
            (SceneColour colour, SceneShape shape) = SceneSampler.Pair(pair);
            for (int attempt = 0; attempt < MaxTries; attempt++)
            {
                double x = random.Between(radius + Gap, width - radius - Gap);
                double y = random.Between(radius + Gap, height - radius - Gap);
                if (IsFree(x, y, radius))
                {
                    Objects.Add(new SceneObject(shape, colour, isLarge, isStriped, x, y, radius));
                    return;
                }
            }
        }

        private bool IsFree(double x, double y, double radius) =>
            Objects.All(other => Square(other.X - x) + Square(other.Y - y) > Square(other.Radius + radius + Gap))
            && Boards.All(board => Math.Abs(board.X - x) > board.HalfWidth + radius + Gap
                || Math.Abs(board.Y - y) > board.HalfHeight + radius + Gap);

        private static double Square(double value) => value * value;
    }
}
