using Vlm.Eval.Scenes;

namespace Vlm.Eval.Training;

/// <summary>Where one head should look from a row of a question: at objects of the picture, or at an earlier word.</summary>
/// <param name="Layer">Of the language model.</param>
/// <param name="Head">Of the layer.</param>
/// <param name="Row">Of the group's flattened ids.</param>
/// <param name="Picture">Of the batch.</param>
/// <param name="Objects">Indices of the scene's objects, if it looks at the picture.</param>
/// <param name="Word">Row of the same question, if it looks at a word; else -1.</param>
public sealed record Look(int Layer, int Head, int Row, int Picture, int[] Objects, int Word)
{
    private const int PhraseLayer = 1; // layer 0 gathers the words of a phrase
    private const int WordLayer = 2;
    private const int AnswerLayer = 3;
    private const int DirectionHead = 2; // in both of those layers

    /// <summary>Whether it looks at a word.</summary>
    public bool IsAtWord => Word >= 0;

    /// <summary>
    /// A phrase's last word finds its objects, and the row that gives the answer reads the direction that is asked for; then
    /// that row reads what was found from the phrases (one head each, in the order of the grounds: the direction, known by
    /// then, tells which) and, where the answer is a further object, finds that.
    /// </summary>
    /// <param name="question">Says what it speaks of.</param>
    /// <param name="encoded">The same as ids.</param>
    /// <param name="objects">All that the picture's vectors show.</param>
    /// <param name="firstRow">Row of the question's first id.</param>
    /// <param name="picture">Of the batch.</param>
    public static IEnumerable<Look> Of(
        SceneQuestion question, EncodedQuestion encoded, IReadOnlyList<SceneObject> objects, int firstRow, int picture)
    {
        int answerRow = firstRow + encoded.AnswerStart - 1;
        foreach (var (i, (ground, end)) in question.Grounds.Zip(encoded.GroundEnds).Index())
        {
            int[] meant = [.. Enumerable.Range(0, objects.Count).Where(o => ground.Objects.Contains(objects[o]))];
            if (meant.Length > 0)
            {
                yield return new Look(ground.Phrase is null ? AnswerLayer : PhraseLayer, 0, firstRow + end, picture, meant, -1);
            }

            if (ground.IsDirection)
            {
                yield return new Look(PhraseLayer, DirectionHead, answerRow, picture, [], firstRow + end);
            }

            if (ground.Phrase is not null)
            {
                yield return new Look(WordLayer, ground.IsDirection ? DirectionHead : i, answerRow, picture, [], firstRow + end);
            }
        }
    }
}
