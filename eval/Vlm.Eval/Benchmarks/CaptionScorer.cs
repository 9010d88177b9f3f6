using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>A picture with its reference captions.</summary>
internal sealed record CaptionedPicture(QuestionId Id, string File, string[] Captions);

/// <summary>CIDEr, BLEU and ROUGE-L of captions, times 100 (benchmarks.md section 15).</summary>
internal static class CaptionScorer
{
    /// <summary>The scorer of a set of pictures; references are tokenised once.</summary>
    public static Scorer Open(string benchmark, CaptionedPicture[] pictures)
    {
        (string Id, string[] References)[] truths = [.. pictures.Select(p => (p.Id.Text, p.Captions.Select(PtbTokenizer.Tokenize).ToArray()))];
        return request => Score(benchmark, truths, request);
    }

    private static Score Score(string benchmark, (string Id, string[] References)[] truths, ScoreRequest request)
    {
        Tally tally = new(benchmark, request, MissingRule.Empty);
        AnswerIndex answers = new(request.Answers);
        List<(string Id, Caption Caption)> captions = [];
        foreach ((string id, string[] references) in truths)
        {
            if (tally.Take(id, answers[id]) is { } text)
            {
                captions.Add((id, new Caption(PtbTokenizer.Tokenize(text), references)));
            }
        }

        double[] cider = Cider.Scores([.. captions.Select(c => c.Caption)]);
        foreach ((int i, (string id, Caption caption)) in captions.Index())
        {
            tally.Units.Add(id, Bleu.Vector(caption).Select((value, k) => ($"bleu.{k}", value))
                .Append(("cider", cider[i])).Append(("rouge_l", RougeL.Score(caption))));
        }

        tally.Notes.Add("captions are split by an approximation of the Stanford tokenizer; METEOR and SPICE need Java and are left out");
        return tally.Finish(
            [Metric.Percent("cider"), .. Enumerable.Range(1, 4).Select(BleuMetric), Metric.Percent("rouge_l")], answers.Found);
    }

    private static Metric BleuMetric(int order) => new($"bleu_{order}", sums =>
        100 * Bleu.Scores([.. Enumerable.Range(0, Bleu.VectorLength).Select(k => sums.Sum($"bleu.{k}"))])[order - 1]);
}
