using System.Globalization;

namespace Vlm.Eval.Scenes;

/// <summary><c>scene-vqa</c>: open questions on colour, shape, count, size and pattern, as VQAv2 asks them.</summary>
internal static class VqaQuestions
{
    private static readonly Func<Scene, SceneRandom, SceneQuestion?>[] Kinds =
        [Colour, Shape, Count, Larger, Size, Pattern];

    /// <summary>A question that this scene can answer.</summary>
    public static SceneQuestion Ask(Scene scene, SceneRandom random) =>
        random.Shuffle(Kinds).Select(kind => kind(scene, random)).First(question => question is not null)!;

    private static SceneQuestion? Colour(Scene scene, SceneRandom random)
    {
        SceneObject it = random.Pick(scene.Objects);
        string? thing = Thing(scene, it);
        return thing is null ? null : New(
            "colour", random.Pick(["What colour is the {0}?", "What color is the {0}?", "Which colour does the {0} have?"]), thing, SceneWords.Of(it.Colour), new SceneGround(thing, [it]));
    }

    private static SceneQuestion? Shape(Scene scene, SceneRandom random)
    {
        SceneObject[] only = [.. scene.Objects.Where(o => scene.Objects.Count(other => other.Colour == o.Colour) == 1)];
        if (only.Length == 0)
        {
            return null;
        }

        SceneObject it = random.Pick(only);
        return New(
            "shape", random.Pick(["What shape is the {0} object?", "Which shape does the {0} object have?", "What is the shape of the {0} object?"]),
            SceneWords.Of(it.Colour), SceneWords.Of(it.Shape), new SceneGround("object", [it]));
    }

    private static SceneQuestion Count(Scene scene, SceneRandom random)
    {
        (string things, SceneObject[] meant) = random.Below(3) switch
        {
            0 => ("objects", [.. scene.Objects]),
            1 => CountShape(scene, random.Chance(0.7) ? random.Pick(scene.Objects).Shape : random.Pick(SceneWords.Shapes)),
            _ => CountColour(scene, random.Chance(0.7) ? random.Pick(scene.Objects).Colour : random.Pick(SceneWords.Colours)),
        };
        return New(
            "count", random.Pick(["How many {0} are there?", "How many {0} are in the picture?", "What is the number of {0}?"]),
            things, meant.Length.ToString(CultureInfo.InvariantCulture), new SceneGround(things, meant));
    }

    private static (string Things, SceneObject[] Meant) CountShape(Scene scene, SceneShape shape) =>
        (SceneWords.Plural(shape), [.. scene.Objects.Where(o => o.Shape == shape)]);

    private static (string Things, SceneObject[] Meant) CountColour(Scene scene, SceneColour colour) =>
        ($"{SceneWords.Of(colour)} objects", [.. scene.Objects.Where(o => o.Colour == colour)]);

    private static SceneQuestion? Larger(Scene scene, SceneRandom random)
    {
        SceneObject[] large = [.. scene.Objects.Where(o => o.IsLarge)];
        SceneObject[] small = [.. scene.Objects.Where(o => !o.IsLarge)];
        if (large.Length == 0 || small.Length == 0)
        {
            return null;
        }

        bool isYes = random.Chance(0.5);
        (SceneObject a, SceneObject b) = (random.Pick(large), random.Pick(small));
        (SceneObject one, SceneObject other) = isYes ? (a, b) : (b, a);
        return New(
            "size-comparison", random.Pick(["Is the {0}?"]), $"{one.Name} larger than the {other.Name}", isYes ? "yes" : "no",
            new SceneGround(one.Name, [one]), new SceneGround(other.Name, [other]));
    }

    private static SceneQuestion Size(Scene scene, SceneRandom random)
    {
        SceneObject it = random.Pick(scene.Objects);
        return New("size", random.Pick(["Is the {0} large or small?", "What size is the {0}?"]), it.Name, SceneWords.Size(it), new SceneGround(it.Name, [it]));
    }

    private static SceneQuestion Pattern(Scene scene, SceneRandom random)
    {
        SceneObject it = random.Pick(scene.Objects);
        return New("pattern", random.Pick(["Is the {0} solid or striped?", "What pattern does the {0} have?"]), it.Name, SceneWords.Pattern(it), new SceneGround(it.Name, [it]));
    }

    // Words without the colour that mean this object alone.
    private static string? Thing(Scene scene, SceneObject it)
    {
        SceneObject[] same = [.. scene.Objects.Where(o => o.Shape == it.Shape)];
        string shape = SceneWords.Of(it.Shape);
        return same.Length == 1 ? shape
            : same.Count(o => o.IsLarge == it.IsLarge) == 1 ? $"{SceneWords.Size(it)} {shape}"
            : same.Count(o => o.IsStriped == it.IsStriped) == 1 ? $"{SceneWords.Pattern(it)} {shape}"
            : null;
    }

    private static SceneQuestion New(
        string category, string form, string thing, string answer, params IReadOnlyList<SceneGround> grounds) =>
        new(SceneFamilies.Vqa, category, string.Format(CultureInfo.InvariantCulture, form, thing), answer) { Grounds = grounds };
}
