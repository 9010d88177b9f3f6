using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>
/// Attention with a teacher: the generator knows what a question speaks of, so some heads are told where to look (by the
/// share of their attention that lies there). It serves training alone: without it, finding a thing by two attributes, and
/// then a second one from there, sits on a plateau for hours (docs/training.md).
/// </summary>
/// <param name="batch">Says where to look.</param>
/// <param name="start">Rows before the picture.</param>
internal sealed class Grounding(QuestionBatch batch, int start)
{
    private const double Floor = 1e-6;

    private readonly List<Tensor> _shares = [];

    /// <summary>Sees a layer's rotated queries and keys, each [B, H, rows, D]: the beginning's first, then each
    /// group's.</summary>
    public void Observe(int layer, IReadOnlyList<Tensor> queries, IReadOnlyList<Tensor> keys)
    {
        for (int i = 0; i < batch.Groups.Count; i++)
        {
            QuestionGroup group = batch.Groups[i];
            foreach (var looks in group.Looks.Where(look => look.Layer == layer && CanSee(look)).GroupBy(look => (look.Head, look.IsAtWord)))
            {
                Tensor asked = queries[i + 1].select(1, looks.Key.Head);
                asked = asked.reshape(-1, asked.shape[2]).index_select(0, Rows(looks, look => look.Row)).unsqueeze(1); // [R, 1, D]
                _shares.Add(looks.Key.IsAtWord
                    ? AtWords([.. looks], group.Length, asked, keys[i + 1].select(1, looks.Key.Head))
                    : AtObjects([.. looks], asked, keys[0].select(1, looks.Key.Head)));
            }
        }
    }

    /// <summary>Mean share of attention on what is meant, 0 to 1.</summary>
    public double Share() => cat(_shares).mean().item<float>();

    /// <summary>Mean negative logarithm of the shares; null where nothing is known.</summary>
    public Tensor? Loss() => _shares.Count == 0 ? null : -(cat(_shares) + Floor).log().mean();

    // A thin shape may fill no patch by a quarter.
    private bool CanSee(Look look) => look.IsAtWord || batch.OwnersOf(look.Picture).Any(look.Objects.Contains);

    // Attention over the picture's vectors alone.
    private Tensor AtObjects(Look[] looks, Tensor queries, Tensor keys)
    {
        Tensor pictures = keys.narrow(1, start, keys.shape[1] - start).index_select(0, Rows(looks, look => look.Picture)); // [R, N, D]
        Tensor meant = tensor(
            (float[])[.. looks.SelectMany(look => batch.OwnersOf(look.Picture).Select(owner => look.Objects.Contains(owner) ? 1f : 0f))],
            [looks.Length, pictures.shape[1]]);
        return (queries.matmul(pictures.transpose(1, 2)).softmax(-1).squeeze(1) * meant).sum(1);
    }

    // Attention over the question's own words up to the row.
    private static Tensor AtWords(Look[] looks, int length, Tensor queries, Tensor keys)
    {
        Tensor words = keys.reshape(-1, length, keys.shape[2]).index_select(0, Rows(looks, look => look.Row / length)); // [R, L, D]
        Tensor later = tensor(
            (float[])[.. looks.SelectMany(look => Enumerable.Range(0, length).Select(at => at > look.Row % length ? float.NegativeInfinity : 0f))],
            [looks.Length, length]);
        Tensor weights = (queries.matmul(words.transpose(1, 2)).squeeze(1) + later).softmax(-1);
        return weights.gather(1, Rows(looks, look => look.Word % length).unsqueeze(1)).squeeze(1);
    }

    private static Tensor Rows(IEnumerable<Look> looks, Func<Look, int> row) => tensor((long[])[.. looks.Select(look => (long)row(look))]);
}
