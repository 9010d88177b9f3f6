namespace Vlm.Eval.Scenes;

/// <summary>A question about one scene with its only right answer.</summary>
/// <param name="Family">One of <see cref="SceneFamilies.All"/>, or one that only training has.</param>
/// <param name="Category">What it asks for, e.g. <c>colour</c>; POPE's split for existence.</param>
/// <param name="Text">As the user asks.</param>
/// <param name="Answer">Lower case, except the characters of boards.</param>
public sealed record SceneQuestion(string Family, string Category, string Text, string Answer)
{
    /// <summary>What its words and its answer speak of, as far as that is certain; training looks at it. Two things that are
    /// compared stand in the order in which their places or sizes answer yes, whichever way the words ask.</summary>
    public IReadOnlyList<SceneGround> Grounds { get; init; } = [];
}

/// <summary>Objects that a phrase of a question speaks of.</summary>
/// <param name="Phrase">Its first occurrence is meant; null for the answer itself.</param>
/// <param name="Objects">None where the phrase speaks of nothing that is there.</param>
public sealed record SceneGround(string? Phrase, IReadOnlyList<SceneObject> Objects)
{
    /// <summary>Whether the phrase is a direction between two things, and so no thing itself.</summary>
    public bool IsDirection { get; init; }
}

/// <summary>Names of the question families.</summary>
public static class SceneFamilies
{
    public const string Vqa = "scene-vqa";
    public const string Gqa = "scene-gqa";
    public const string Pope = "scene-pope";
    public const string Text = "scene-text";

    /// <summary>Descriptions of the whole picture: training only.</summary>
    public const string Caption = "scene-caption";

    /// <summary>Steps towards the scored questions: training only.</summary>
    public const string Practice = "scene-practice";

    /// <summary>The families that are scored.</summary>
    public static IReadOnlyList<string> All { get; } = [Vqa, Gqa, Pope, Text];
}
