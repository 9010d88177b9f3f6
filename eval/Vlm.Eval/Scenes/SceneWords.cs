namespace Vlm.Eval.Scenes;

/// <summary>Names as they stand in questions and answers.</summary>
public static class SceneWords
{
    /// <summary>All shapes.</summary>
    public static IReadOnlyList<SceneShape> Shapes { get; } = Enum.GetValues<SceneShape>();

    /// <summary>All colours.</summary>
    public static IReadOnlyList<SceneColour> Colours { get; } = Enum.GetValues<SceneColour>();

    /// <summary>Lower-case name.</summary>
    public static string Of<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    /// <summary>More than one of a shape.</summary>
    public static string Plural(SceneShape shape) => shape == SceneShape.Cross ? "crosses" : Of(shape) + "s";

    /// <summary>e.g. <c>red circle</c>.</summary>
    public static string Pair(SceneColour colour, SceneShape shape) => $"{Of(colour)} {Of(shape)}";

    /// <summary>The pair with its article.</summary>
    public static string Article(SceneColour colour, SceneShape shape) =>
        (colour == SceneColour.Orange ? "an " : "a ") + Pair(colour, shape);

    /// <summary>Everything there is to say of one object, e.g. <c>large striped red circle</c>.</summary>
    public static string Full(SceneObject it) => $"{Size(it)} {Pattern(it)} {it.Name}";

    /// <summary><c>large</c> or <c>small</c>.</summary>
    public static string Size(SceneObject it) => it.IsLarge ? "large" : "small";

    /// <summary><c>striped</c> or <c>solid</c>.</summary>
    public static string Pattern(SceneObject it) => it.IsStriped ? "striped" : "solid";
}
