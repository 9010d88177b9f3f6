namespace Vlm.Eval.Scenes;

/// <summary>A scene and the questions asked about it.</summary>
public sealed record SceneSheet(Scene Scene, IReadOnlyList<SceneQuestion> Questions);

/// <summary>
/// The scored sets: two pictures in turn, one with a board (one question on colour and the like, one on relations, two to
/// read), one without (one, one, and a yes and a no on existence), so all four families are equally frequent.
/// </summary>
public static class SceneQuiz
{
    /// <summary>Questions per picture.</summary>
    public const int PerPicture = 4;

    /// <summary>The pictures of a split with their questions; endless, so take as many as wanted.</summary>
    public static IEnumerable<SceneSheet> Sheets(SceneSplit split, long seed)
    {
        for (long number = 0; ; number++)
        {
            if (Sheet(SceneSeeds.Of(split, seed, number), hasBoard: number % 2 == 0) is { } sheet)
            {
                yield return sheet;
            }
        }
    }

    // Null where a scene allows no question on relations.
    private static SceneSheet? Sheet(ulong seed, bool hasBoard)
    {
        Scene scene = SceneSampler.Ordinary(seed, hasBoard);
        SceneRandom random = new(~seed);
        if (scene.Objects.Count < 2 || (hasBoard && scene.Boards.Count == 0) || GqaQuestions.Ask(scene, random) is not { } relation)
        {
            return null;
        }

        SceneQuestion open = VqaQuestions.Ask(scene, random);
        return new SceneSheet(scene, hasBoard
            ? [open, relation, TextQuestions.Ask(scene, random), TextQuestions.Ask(scene, random)]
            : [open, relation, PopeQuestions.Ask(scene, random, isYes: true), PopeQuestions.Ask(scene, random, isYes: false)]);
    }
}
