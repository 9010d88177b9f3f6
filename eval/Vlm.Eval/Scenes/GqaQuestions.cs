namespace Vlm.Eval.Scenes;

/// <summary><c>scene-gqa</c>: relations and questions of two steps, as GQA asks them. Nothing is asked that a pixel more
/// or less would decide.</summary>
internal static class GqaQuestions
{
    private const double Apart = 0.1; // of the longer side, along the axis asked for
    private const double NearestFactor = 1.25; // the second nearest is this much farther away

    private static readonly Func<Scene, SceneRandom, SceneQuestion?>[] Kinds =
        [Choose, Verify, Nearest, Extreme, SameColour, SameShape];

    // Those that are learned last.
    private static readonly Func<Scene, SceneRandom, SceneQuestion?>[] SlowKinds = [Verify, Verify, Nearest];

    private static readonly Direction[] Directions =
    [
        new("left", "to the left of", "leftmost", o => o.X),
        new("right", "to the right of", "rightmost", o => -o.X),
        new("above", "above", "topmost", o => o.Y),
        new("below", "below", "bottommost", o => -o.Y),
    ];

    // Rank is smaller the farther an object lies in this direction.
    private sealed record Direction(string Name, string Phrase, string Most, Func<SceneObject, double> Rank);

    /// <summary>A question that this scene can answer, or null.</summary>
    public static SceneQuestion? Ask(Scene scene, SceneRandom random) => Ask(Kinds, scene, random);

    /// <summary>One of those kinds that are learned last, or null: for training only.</summary>
    public static SceneQuestion? AskSlow(Scene scene, SceneRandom random) => Ask(SlowKinds, scene, random);

    private static SceneQuestion? Ask(Func<Scene, SceneRandom, SceneQuestion?>[] kinds, Scene scene, SceneRandom random) =>
        random.Shuffle(kinds).Select(kind => kind(scene, random)).FirstOrDefault(question => question is not null);

    private static SceneQuestion? Choose(Scene scene, SceneRandom random)
    {
        if (Related(scene, random) is not var (a, b, direction))
        {
            return null;
        }

        int first = direction.Name is "left" or "right" ? 0 : 2;
        string question = $"Is the {a.Name} {Choice(Directions[first])} or {Choice(Directions[first + 1])} the {b.Name}?";
        return New("choose", question, direction.Name, Named(a), Named(b));

        static string Choice(Direction d) => d.Name is "right" ? "right of" : d.Name;
    }

    private static SceneQuestion? Verify(Scene scene, SceneRandom random)
    {
        if (Related(scene, random) is not var (a, b, direction))
        {
            return null;
        }

        bool isYes = random.Chance(0.5);
        (SceneObject one, SceneObject other) = isYes ? (a, b) : (b, a);
        (SceneObject less, SceneObject more) = direction.Name is "left" or "above" ? (one, other) : (other, one);
        return New(
            "verify", $"Is the {one.Name} {direction.Phrase} the {other.Name}?", isYes ? "yes" : "no",
            Named(less), Named(more), new SceneGround(direction.Name, []) { IsDirection = true });
    }

    private static SceneQuestion? Nearest(Scene scene, SceneRandom random)
    {
        if (scene.Objects.Count < 3)
        {
            return null;
        }

        SceneObject it = random.Pick(scene.Objects);
        SceneObject[] others = [.. scene.Objects.Where(o => o != it).OrderBy(o => Distance(o, it))];
        return Distance(others[1], it) < Distance(others[0], it) * NearestFactor
            ? null
            : Attribute("nearest", $"object closest to the {it.Name}", others[0], random, Named(it));
    }

    private static SceneQuestion? Extreme(Scene scene, SceneRandom random)
    {
        Direction direction = random.Pick(Directions);
        SceneObject[] ordered = [.. scene.Objects.OrderBy(direction.Rank)];
        if (ordered.Length < 2 || direction.Rank(ordered[1]) - direction.Rank(ordered[0]) < Apart / 2)
        {
            return null;
        }

        return Attribute(
            "extreme", $"{direction.Most} object", ordered[0], random, new SceneGround($"{direction.Most} object", [ordered[0]]));
    }

    private static SceneQuestion? SameColour(Scene scene, SceneRandom random) =>
        Twin(scene, random, o => (int)o.Colour) is var (it, twin)
            ? New("same-colour", $"What shape has the same colour as the {it.Name}?", SceneWords.Of(twin.Shape), Named(it), Answer(twin))
            : null;

    private static SceneQuestion? SameShape(Scene scene, SceneRandom random) =>
        Twin(scene, random, o => (int)o.Shape) is var (it, twin)
            ? New("same-shape", $"What colour has the object of the same shape as the {it.Name}?", SceneWords.Of(twin.Colour), Named(it), Answer(twin))
            : null;

    private static SceneQuestion Attribute(string category, string which, SceneObject it, SceneRandom random, SceneGround ground) =>
        random.Chance(0.5)
            ? New(category, $"What colour is the {which}?", SceneWords.Of(it.Colour), ground, Answer(it))
            : New(category, $"What shape is the {which}?", SceneWords.Of(it.Shape), ground, Answer(it));

    // Two objects of which the first lies clearly in a direction of the second.
    private static (SceneObject, SceneObject, Direction)? Related(Scene scene, SceneRandom random)
    {
        Direction direction = random.Pick(Directions);
        SceneObject[] mixed = random.Shuffle(scene.Objects);
        foreach (SceneObject a in mixed)
        {
            if (mixed.FirstOrDefault(b => direction.Rank(b) - direction.Rank(a) >= Apart) is { } b)
            {
                return (a, b, direction);
            }
        }

        return null;
    }

    // An object and the only other one with the same attribute.
    private static (SceneObject, SceneObject)? Twin(Scene scene, SceneRandom random, Func<SceneObject, int> attribute)
    {
        var pairs = scene.Objects.GroupBy(attribute).Where(group => group.Count() == 2).ToArray();
        if (pairs.Length == 0)
        {
            return null;
        }

        SceneObject[] pair = random.Shuffle(random.Pick(pairs));
        return (pair[0], pair[1]);
    }

    private static double Distance(SceneObject a, SceneObject b) =>
        Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));

    private static SceneGround Named(SceneObject it) => new(it.Name, [it]);

    private static SceneGround Answer(SceneObject it) => new(null, [it]);

    private static SceneQuestion New(string category, string text, string answer, params IReadOnlyList<SceneGround> grounds) =>
        new(SceneFamilies.Gqa, category, text, answer) { Grounds = grounds };
}
