using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>Where a row of a question should look.</summary>
/// <param name="Row">Of the group's flattened ids.</param>
/// <param name="Picture">Of the batch.</param>
/// <param name="IsAnswer">The row that gives the answer, not one within the question.</param>
/// <param name="Objects">Indices of the scene's objects; they may be too small for any vector to show them, or none.</param>
public sealed record GroundedRow(int Row, int Picture, bool IsAnswer, int[] Objects);

/// <summary>
/// Attention with a teacher: the generator knows which object a phrase means, so one head of a layer is told to look there
/// (the share of its attention over the picture's vectors that lies on that object). It serves training alone: without it,
/// finding a thing by two attributes, and then a second one from there, sits on a plateau for hours (docs/training.md).
/// </summary>
/// <param name="batch">Says where to look.</param>
/// <param name="start">Rows before the picture.</param>
internal sealed class Grounding(QuestionBatch batch, int start)
{
    private const int PhraseLayer = 1; // layer 0 gathers the words of a phrase
    private const int AnswerLayer = 3; // layer 2 brings what the phrase was found to be
    private const int Head = 0;
    private const double Floor = 1e-6;

    private readonly List<Tensor> _shares = [];

    /// <summary>Sees a layer's rotated queries and keys, each [B, H, rows, D]: the beginning's first, then each
    /// group's.</summary>
    public void Observe(int layer, IReadOnlyList<Tensor> queries, IReadOnlyList<Tensor> keys)
    {
        if (layer is not (PhraseLayer or AnswerLayer))
        {
            return;
        }

        Tensor pictures = keys[0].select(1, Head);
        pictures = pictures.narrow(1, start, pictures.shape[1] - start); // [B, N, D]
        for (int i = 0; i < batch.Groups.Count; i++)
        {
            GroundedRow[] rows = [.. batch.Groups[i].Grounded.Where(row =>
                row.IsAnswer == (layer == AnswerLayer) && batch.OwnersOf(row.Picture).Any(row.Objects.Contains))];
            if (rows.Length > 0)
            {
                Tensor asked = queries[i + 1].select(1, Head);
                _shares.Add(Share(asked.reshape(-1, asked.shape[2]), pictures, rows));
            }
        }
    }

    /// <summary>Mean share of attention on what is meant, 0 to 1.</summary>
    public double Share() => cat(_shares).mean().item<float>();

    /// <summary>Mean negative logarithm of the shares; null where nothing is known.</summary>
    public Tensor? Loss() => _shares.Count == 0 ? null : -(cat(_shares) + Floor).log().mean();

    private Tensor Share(Tensor queries, Tensor pictures, GroundedRow[] rows)
    {
        Tensor q = queries.index_select(0, tensor((long[])[.. rows.Select(row => (long)row.Row)])).unsqueeze(1); // [R, 1, D]
        Tensor k = pictures.index_select(0, tensor((long[])[.. rows.Select(row => (long)row.Picture)])); // [R, N, D]
        Tensor weights = q.matmul(k.transpose(1, 2)).softmax(-1).squeeze(1); // [R, N]
        return (weights * Meant(rows, k.shape[1])).sum(1);
    }

    // [R, N]: 1 where a vector shows what is meant.
    private Tensor Meant(GroundedRow[] rows, long count) => tensor(
        (float[])[.. rows.SelectMany(row => batch.OwnersOf(row.Picture).Select(owner => row.Objects.Contains(owner) ? 1f : 0f))],
        [rows.Length, count]);
}
