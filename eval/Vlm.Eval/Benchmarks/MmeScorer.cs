using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>MME's points: 100 per share of right questions and 100 per share of pictures with both right.</summary>
internal static class MmeScorer
{
    /// <summary>End of every question as released.</summary>
    public const string Request = " Please answer yes or no.";

    private static readonly string[] Perception =
        ["existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark", "artwork", "OCR"];

    private static readonly string[] Cognition =
        ["commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning"];

    public static Score Score(MmeQuestion[] questions, ScoreRequest request)
    {
        Tally tally = new("mme", request, MissingRule.LeaveOut);
        Dictionary<string, MmeQuestion> byKey = questions.GroupBy(Key).ToDictionary(group => group.Key, group => group.Last());
        Dictionary<Answer, string> keys = request.Answers.Answers.ToDictionary(answer => answer, answer => Find(answer, byKey, request.Answers.Path));
        AnswerIndex answers = new(request.Answers, answer => keys[answer]);
        Dictionary<string, Verdict> verdicts = [];
        foreach (MmeQuestion question in questions)
        {
            string key = Key(question);
            Answer? answer = answers[key];
            if (tally.Take(key, answer) is { } text)
            {
                verdicts[key] = Judge(question, text);
                if (verdicts[key].IsOther)
                {
                    tally.Unparsed(answer);
                }
            }
        }

        AddPairs(tally, Pairs(questions, request, keys, verdicts, tally.IsLmms));
        string[] categories = [.. questions.Select(q => q.Category).Distinct()];
        return tally.Finish(Metrics(categories), answers.Found);

        Verdict Judge(MmeQuestion question, string text)
        {
            string said = tally.IsLmms ? YesNoParser.MmeLmms(text) : YesNoParser.MmeToolkit(text);
            return new Verdict(question, said == (question.IsYes ? "yes" : "no"), said == YesNoParser.Other);
        }
    }

    /// <summary>The tool takes the lines of a category two by two; lmms-eval, and a run under way, by picture.</summary>
    private static IEnumerable<Verdict[]> Pairs(
        MmeQuestion[] questions, ScoreRequest request, Dictionary<Answer, string> keys, Dictionary<string, Verdict> verdicts, bool isLmms)
    {
        if (isLmms || request.OnlyAnswered)
        {
            return questions.Where(q => verdicts.ContainsKey(Key(q)))
                .GroupBy(q => (q.Category, q.TextFile))
                .Select(picture => picture.Select(q => verdicts[Key(q)]).ToArray())
                .Where(picture => picture.Length > 1);
        }

        return request.Answers.Answers.Select(answer => verdicts[keys[answer]])
            .GroupBy(verdict => verdict.Question.Category)
            .SelectMany(category => category.Count() % 2 == 0
                ? category.Chunk(2)
                : throw new InvalidDataException(
                    $"{request.Answers.Path}: expected two answers to each picture of {category.Key}, as the official tool does, found {category.Count()} answers."));
    }

    private static void AddPairs(Tally tally, IEnumerable<Verdict[]> pairs)
    {
        foreach (Verdict[] pair in pairs)
        {
            MmeQuestion first = pair[0].Question;
            IEnumerable<(string, double)> values = pair.Select(v => ($"{first.Category}.right", v.IsRight ? 1.0 : 0))
                .Append(($"{first.Category}.both", pair.All(v => v.IsRight) ? 1 : 0));
            tally.Units.Add($"{first.Category}/{first.TextFile}", values);
        }
    }

    private static List<Metric> Metrics(string[] categories)
    {
        static double Points(Sums sums, string category) => 100 * (sums.Mean($"{category}.right") + sums.Mean($"{category}.both"));
        return
        [
            new Metric("perception", sums => Perception.Sum(category => Points(sums, category))),
            new Metric("cognition", sums => Cognition.Sum(category => Points(sums, category))),
            .. categories.Select(category => new Metric(category, sums => Points(sums, category))),
        ];
    }

    /// <summary>The question of an answer line: LLaVA's converter restores its text, trying one blank before the request and two.</summary>
    private static string Find(Answer answer, Dictionary<string, MmeQuestion> questions, string path)
    {
        string[] parts = answer.Id.Text.Split('/');
        string file = parts[^1].Split('.')[0] + ".txt";
        string prompt = answer.Prompt ?? throw new InvalidDataException($"{path} line {answer.Line}: prompt: expected the question asked, found none.");
        string sentence = Prompts.Short.TrimStart('\n');
        string question = prompt.Contains(sentence, StringComparison.Ordinal)
            ? PythonText.Strip(prompt.Replace(sentence, "", StringComparison.Ordinal))
            : prompt;
        question = question.Contains(Request.TrimStart(), StringComparison.Ordinal) ? question : question + Request;
        string twoBlanks = question.Replace(Request, " " + Request, StringComparison.Ordinal);
        return new[] { question, twoBlanks }.Select(text => Key(parts[0], file, text)).FirstOrDefault(questions.ContainsKey)
            ?? throw new InvalidDataException($"{path} line {answer.Line}: expected a question of MME's release, found '{question}' about {answer.Id}.");
    }

    private static string Key(MmeQuestion question) => Key(question.Category, question.TextFile, question.Text);

    private static string Key(string category, string file, string text) => $"{category}/{file}/{text}";

    private sealed record Verdict(MmeQuestion Question, bool IsRight, bool IsOther);
}
