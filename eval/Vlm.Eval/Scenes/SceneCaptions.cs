namespace Vlm.Eval.Scenes;

/// <summary>Descriptions of a whole scene: they teach every attribute, place and order at once.</summary>
internal static class SceneCaptions
{
    /// <summary>Everything there is, in the order asked for.</summary>
    public static SceneQuestion Ask(Scene scene, SceneRandom random)
    {
        bool isAcross = random.Chance(0.5);
        string question = isAcross
            ? random.Pick(["Describe the picture.", "List the objects from left to right."])
            : "List the objects from top to bottom.";
        IEnumerable<string> parts = scene.Objects.OrderBy(o => isAcross ? o.X : o.Y).Select(SceneWords.Full)
            .Concat(scene.Boards.Select(board => $"a board with {board.Text}"));
        return new SceneQuestion(SceneFamilies.Caption, "caption", question, string.Join(", ", parts));
    }
}
