namespace Vlm.Eval.Scenes;

/// <summary>
/// <c>scene-pope</c>: does an object exist? Half yes, half no; the absent objects are drawn as POPE draws them (Li et al.
/// 2023, arXiv 2305.10355, section 4.1): at random, from the frequent ones, or from those whose parts are present.
/// </summary>
internal static class PopeQuestions
{
    private static readonly string[] Splits = ["random", "popular", "adversarial"];

    private static readonly string[] Forms =
        ["Is there {0} in the picture?", "Can you see {0}?", "Does the picture show {0}?"];

    /// <summary>A question about this scene.</summary>
    public static SceneQuestion Ask(Scene scene, SceneRandom random, bool isYes)
    {
        string split = random.Pick(Splits);
        HashSet<int> present = [.. scene.Objects.Select(o => SceneSampler.Pair(o.Colour, o.Shape))];
        int pair = isYes ? random.Pick([.. present.Order()]) : random.Pick(Absent(scene, present, split));
        (SceneColour colour, SceneShape shape) = SceneSampler.Pair(pair);
        string text = random.Pick(Forms).Replace("{0}", SceneWords.Article(colour, shape), StringComparison.Ordinal);
        SceneObject[] meant = [.. scene.Objects.Where(o => o.Colour == colour && o.Shape == shape)];
        return new SceneQuestion(SceneFamilies.Pope, split, text, isYes ? "yes" : "no")
        {
            Grounds = [new SceneGround(SceneWords.Pair(colour, shape), meant)],
        };
    }

    private static int[] Absent(Scene scene, HashSet<int> present, string split)
    {
        int[] absent = [.. Enumerable.Range(0, SceneSampler.Pairs).Where(pair => !present.Contains(pair))];
        int[] chosen = split switch
        {
            "popular" => [.. absent.Where(SceneSampler.IsPopular)],
            "adversarial" => [.. absent.Where(pair => Shares(scene, pair, both: true))],
            _ => absent,
        };
        return chosen.Length > 0 ? chosen : [.. absent.Where(pair => Shares(scene, pair, both: false))];
    }

    private static bool Shares(Scene scene, int pair, bool both)
    {
        (SceneColour colour, SceneShape shape) = SceneSampler.Pair(pair);
        bool hasColour = scene.Objects.Any(o => o.Colour == colour);
        bool hasShape = scene.Objects.Any(o => o.Shape == shape);
        return both ? hasColour && hasShape : hasColour || hasShape;
    }
}
