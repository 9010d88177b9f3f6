namespace Vlm.Eval.Scenes;

/// <summary>
/// Steps towards the scored questions, for training only: is a colour there, a shape, does a thing have a colour, where
/// is it? Finding one thing by two attributes sits on a plateau without them.
/// </summary>
internal static class PracticeQuestions
{
    private const double Clear = 0.04; // of the longer side, from the lines between thirds

    private static readonly string[] Rows = ["top", "middle", "bottom"];
    private static readonly string[] Columns = ["left", "middle", "right"];

    /// <summary>A question about this scene.</summary>
    public static SceneQuestion Ask(Scene scene, SceneRandom random, bool isYes) => random.Below(5) switch
    {
        0 => HasColour(scene, random, isYes),
        1 => HasShape(scene, random, isYes),
        2 => IsColour(scene, random, isYes),
        _ => Where(scene, random) ?? HasColour(scene, random, isYes),
    };

    private static SceneQuestion HasColour(Scene scene, SceneRandom random, bool isYes)
    {
        var present = scene.Objects.Select(o => o.Colour).Distinct();
        SceneColour colour = random.Pick([.. isYes ? present : SceneWords.Colours.Except(present)]);
        return New($"Is there {(colour == SceneColour.Orange ? "an" : "a")} {SceneWords.Of(colour)} object in the picture?", Answer(isYes), new SceneGround("object", [.. scene.Objects.Where(o => o.Colour == colour)]));
    }

    private static SceneQuestion HasShape(Scene scene, SceneRandom random, bool isYes)
    {
        SceneShape[] present = [.. scene.Objects.Select(o => o.Shape).Distinct()];
        SceneShape[] choices = isYes ? present : [.. SceneWords.Shapes.Except(present)];
        if (choices.Length == 0)
        {
            return HasColour(scene, random, isYes);
        }

        SceneShape shape = random.Pick(choices);
        string name = SceneWords.Of(shape);
        return New($"Is there a {name} in the picture?", Answer(isYes), new SceneGround(name, [.. scene.Objects.Where(o => o.Shape == shape)]));
    }

    private static SceneQuestion IsColour(Scene scene, SceneRandom random, bool isYes)
    {
        SceneObject it = random.Pick(scene.Objects);
        if (scene.Objects.Count(o => o.Shape == it.Shape) > 1)
        {
            return HasColour(scene, random, isYes);
        }

        SceneColour colour = isYes ? it.Colour : random.Pick([.. SceneWords.Colours.Where(c => c != it.Colour)]);
        return New($"Is the {SceneWords.Of(it.Shape)} {SceneWords.Of(colour)}?", Answer(isYes), new SceneGround(SceneWords.Of(it.Shape), [it]));
    }

    private static SceneQuestion? Where(Scene scene, SceneRandom random)
    {
        SceneObject it = random.Pick(scene.Objects);
        (int? column, int? row) = (Third(it.X, (double)scene.Width / scene.Side), Third(it.Y, (double)scene.Height / scene.Side));
        if (column is not { } c || row is not { } r)
        {
            return null;
        }

        return New($"Where is the {it.Name}?", (r, c) switch
        {
            (1, 1) => "middle",
            (1, _) => Columns[c],
            (_, 1) => Rows[r],
            _ => $"{Rows[r]} {Columns[c]}",
        }, new SceneGround(it.Name, [it]));
    }

    private static int? Third(double at, double length)
    {
        int third = (int)(3 * at / length);
        bool isClear = Math.Abs(at - (length / 3)) > Clear && Math.Abs(at - (2 * length / 3)) > Clear;
        return isClear ? third : null;
    }

    private static string Answer(bool isYes) => isYes ? "yes" : "no";

    private static SceneQuestion New(string text, string answer, SceneGround ground) =>
        new(SceneFamilies.Practice, "practice", text, answer) { Grounds = [ground] };
}
