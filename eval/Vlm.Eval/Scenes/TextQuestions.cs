namespace Vlm.Eval.Scenes;

/// <summary><c>scene-text</c>: read the board, as TextVQA asks.</summary>
internal static class TextQuestions
{
    private static readonly string[] Forms = ["What is written on the board?", "What does the board say?", "Read the board."];

    /// <summary>A question about the only board of this scene.</summary>
    public static SceneQuestion Ask(Scene scene, SceneRandom random)
    {
        string text = scene.Boards[0].Text;
        return random.Below(5) switch
        {
            0 => New("first", "What is the first symbol on the board?", text[..1]),
            1 => New("last", "What is the last symbol on the board?", text[^1..]),
            _ => New("read", random.Pick(Forms), text),
        };
    }

    private static SceneQuestion New(string category, string text, string answer) =>
        new(SceneFamilies.Text, category, text, answer);
}
