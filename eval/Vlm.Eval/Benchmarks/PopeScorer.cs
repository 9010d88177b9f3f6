using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>Counts of each split under each profile, and the metrics that follow.</summary>
internal static class PopeScorer
{
    private const string Yes = "yes";
    private const string No = "no";

    public static Score Score(PopeSplit[] all, ScoreRequest request)
    {
        Tally tally = new("pope", request, MissingRule.LeaveOut);
        PopeSplit[] splits = [.. all.Where(split => split.HasLabels)];
        Dictionary<string, PopeSplit> splitOf = all.SelectMany(s => s.Ids.Select(id => (id, s))).ToDictionary();
        ILookup<PopeSplit?, Answer> answers = request.Answers.Answers.ToLookup(answer => splitOf.GetValueOrDefault(answer.Id.Text));
        if (answers[null].FirstOrDefault() is { } stranger)
        {
            throw new InvalidDataException(
                $"{request.Answers.Path} line {stranger.Line}: question_id: expected a question of pope, found {stranger.Id}.");
        }

        foreach (PopeSplit split in all.Except(splits))
        {
            tally.Notes.Add($"{split.Name} has no file of labels; its {answers[split].Count()} answers are left out, and f1 is the mean of the other splits");
        }

        AnswerIndex byId = new(request.Answers);
        foreach (PopeSplit split in splits)
        {
            Answer?[] matched = tally.IsLmms || request.OnlyAnswered
                ? [.. split.Ids.Take(split.IsYes.Length).Select(id => byId[id])]
                : ByOrder(split, [.. answers[split]], tally);
            Add(split, matched, tally);
        }

        return tally.Finish([Mean(splits), .. splits.SelectMany(split => Metrics(split.Name))], request.Answers.Answers.Count);
    }

    /// <summary>The script's matching: the n-th answer belongs to the n-th label, whatever its id.</summary>
    private static Answer?[] ByOrder(PopeSplit split, Answer[] answers, Tally tally)
    {
        if (!answers.Select(a => a.Id.Text).SequenceEqual(split.Ids.Take(answers.Length)))
        {
            tally.Notes.Add($"answers of {split.Name} are not in the order of the question file; matched by order, as the official script does");
        }

        foreach (Answer surplus in answers.Skip(split.IsYes.Length))
        {
            tally.Units.Add($"{split.Name}/{surplus.Id}", ($"{split.Name}.yes", YesNoParser.PopeLlava(surplus.Text) == Yes ? 1 : 0));
        }

        return [.. Enumerable.Range(0, split.IsYes.Length).Select(i => answers.ElementAtOrDefault(i))];
    }

    private static void Add(PopeSplit split, Answer?[] answers, Tally tally)
    {
        foreach ((int i, Answer? answer) in answers.Index())
        {
            string unit = $"{split.Name}/{i}";
            tally.Judge(unit, answer, text =>
            {
                string said = tally.IsLmms ? YesNoParser.PopeLmms(text) : YesNoParser.PopeLlava(text);
                if (said is not (Yes or No))
                {
                    tally.Unparsed(answer);
                }

                return Values(split.Name, said, split.IsYes[i], tally.IsLmms);
            });
        }
    }

    /// <summary>The cell of the confusion table, whether it is right, and what counts for the yes ratio: in lmms-eval, the label.</summary>
    private static IEnumerable<(string, double)> Values(string split, string said, bool isYes, bool isLmms)
    {
        bool isRight = said == (isYes ? Yes : No);
        yield return (ScoreUnits.Right, isRight ? 1 : 0);
        yield return ($"{split}.right", isRight ? 1 : 0);
        yield return ($"{split}.yes", (isLmms ? isYes : said == Yes) ? 1 : 0);
        if (said is Yes or No)
        {
            yield return ($"{split}.{(isRight ? 't' : 'f')}{(said == Yes ? 'p' : 'n')}", 1);
        }
    }

    private static IEnumerable<Metric> Metrics(string split) =>
    [
        new($"{split}.f1", sums => 100 * Counts(sums, split).F1),
        new($"{split}.accuracy", sums => 100 * sums.Mean($"{split}.right")),
        new($"{split}.precision", sums => 100 * Counts(sums, split).Precision),
        new($"{split}.recall", sums => 100 * Counts(sums, split).Recall),
        new($"{split}.yes_ratio", sums => 100 * sums.Mean($"{split}.yes")),
    ];

    private static Metric Mean(PopeSplit[] splits) => new("f1", sums => 100 * splits.Average(split => Counts(sums, split.Name).F1));

    private static YesNoCounts Counts(Sums sums, string split) =>
        new(sums.Sum($"{split}.tp"), sums.Sum($"{split}.fp"), sums.Sum($"{split}.tn"), sums.Sum($"{split}.fn"));
}
