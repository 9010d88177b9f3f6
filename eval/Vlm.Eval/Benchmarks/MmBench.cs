using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>MMBench dev, English and Chinese (Liu et al., 2023; benchmarks.md section 10): every question once per rotation of its options.</summary>
internal sealed class MmBench(string name, string suffix, string lmmsSuffix, params string[] files) : IBenchmark
{
    private const long RotationStep = 1_000_000;
    private const string Lead = " There are several options:\n";

    private static readonly string[] Letters = ["A", "B", "C", "D"];
    private static readonly string[] ByRules = ["accuracy_circular", "accuracy"]; // the published one first

    /// <summary>The English set.</summary>
    public static MmBench English { get; } =
        new("mmbench", Prompts.OptionLetter, Prompts.OptionLetter, "mmbench/mmbench_dev_20230712.tsv");

    /// <summary>The Chinese set; LLaVA's guide and script name different folders.</summary>
    public static MmBench Chinese { get; } = new(
        "mmbench_cn", "\n请直接回答选项字母。", "\n请直接使用所提供的选项字母作为答案回答。",
        "mmbench_cn/mmbench_dev_cn_20231003.tsv", "mmbench/mmbench_dev_cn_20231003.tsv");

    public string Name => name;

    public IReadOnlyList<DataPart> Parts { get; } = [new(files[0], PartUse.Both, files.ElementAtOrDefault(1))];

    /// <summary>lmms-eval gives the Chinese set less.</summary>
    public int? MaxTokens(EvalProfile profile) => profile == EvalProfile.Lmms && files.Length > 1 ? 256 : 1024;

    public IEnumerable<Question> Questions(DataFolder data, EvalProfile profile)
    {
        Dictionary<string, Picture> pictures = []; // the rotations of a question repeat its picture
        return Rows(data).Select(row => Ask(row, profile, pictures));
    }

    public Scorer OpenScorer(DataFolder data)
    {
        Row[] rows = [.. Rows(data).Select(Row.Read)];
        return request => Score(rows, request);
    }

    private Score Score(Row[] rows, ScoreRequest request)
    {
        Tally tally = new(Name, request, MissingRule.Empty);
        AnswerIndex answers = new(request.Answers);
        Dictionary<long, (bool ByRules, bool ByStatic)> isRight = [];
        foreach (Row row in rows)
        {
            Answer? answer = answers[row.Id];
            if (tally.Take(row.Id, answer) is { } text)
            {
                string? letter = OptionReader.Read(text, row.Options(tally.IsLmms));
                isRight[row.Index] = (letter == row.Answer, (letter ?? StaticOptionReader.Read(text, row.Letters)) == row.Answer);
                if (letter is null)
                {
                    tally.Unparsed(answer);
                }
            }
        }

        ILookup<long, long> groups = rows.Select(row => row.Index).Where(isRight.ContainsKey).ToLookup(index => index % RotationStep);
        foreach (Row start in rows.Where(row => row.Index < RotationStep && isRight.ContainsKey(row.Index)))
        {
            (bool byRules, bool byStatic) = isRight[start.Index];
            tally.Units.Add(
                start.Id,
                ("accuracy", byRules ? 1 : 0),
                ("accuracy_circular", groups[start.Index].All(index => isRight[index].ByRules) ? 1 : 0),
                ("accuracy_static", byStatic ? 1 : 0),
                ("accuracy_circular_static", groups[start.Index].All(index => isRight[index].ByStatic) ? 1 : 0));
        }

        string[] metrics = tally.IsLmms ? [.. ByRules, "accuracy_circular_static", "accuracy_static"] : ByRules;
        return tally.Finish([.. metrics.Select(Metric.Percent)], answers.Found);
    }

    /// <summary>The rows of the file; each index may be there once.</summary>
    internal IEnumerable<TsvRow> Rows(DataFolder data)
    {
        HashSet<long> indices = [];
        return TsvFile.Read(data.File(files), "index", "question", "A", "B")
            .Select(row => indices.Add(row.Number("index")) ? row : throw row.Error("index", "each once", $"{row.Number("index")} twice"));
    }

    private Question Ask(TsvRow row, EvalProfile profile, Dictionary<string, Picture> pictures)
    {
        string?[] cells = [.. Letters.Prepend("hint").Select(column => profile == EvalProfile.Llava ? Present(row, column) : row.Optional(column))];
        string? hint = cells[0];
        string[] options = [.. cells.Skip(1).TakeWhile(option => option is not null).Select(option => option!)];
        string lines = Prompts.Options(options);
        string body = (hint is null ? "" : hint + "\n") + row.Text("question") + "\n" + lines;
        long index = row.Number("index");
        return new Question
        {
            Key = index.ToString(CultureInfo.InvariantCulture),
            Id = QuestionId.Of(index),
            Text = profile == EvalProfile.Llava
                ? body + suffix
                : (hint is null ? "" : hint + " ") + row.Text("question") + Lead + lines + "\n" + lmmsSuffix,
            StoredPrompt = profile == EvalProfile.Llava ? body : null,
            Picture = PictureOf(row, pictures),
            Extras =
            [
                new("round_id", 0),
                new("options", new JsonArray([.. options.Select(option => JsonValue.Create(option))])),
                new("option_char", new JsonArray([.. Letters.Take(options.Length).Select(letter => JsonValue.Create(letter))])),
            ],
        };
    }

    /// <summary>A value that LLaVA's check takes for one: on top of pandas' missing values it knows nan and none in any case.</summary>
    private static string? Present(TsvRow row, string column) =>
        row.Optional(column) is { } text && PythonText.Lower(text) is not ("nan" or "none") ? text : null;

    private static Picture PictureOf(TsvRow row, Dictionary<string, Picture> pictures)
    {
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(row.Text("image"));
        }
        catch (FormatException)
        {
            throw row.Error("image", "base64", "other characters");
        }

        string name = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return pictures.TryGetValue(name, out Picture? known) ? known : pictures[name] = new Picture(name, () => bytes);
    }

    private sealed record Row(long Index, string Answer, string?[] Texts)
    {
        public string Id { get; } = Index.ToString(CultureInfo.InvariantCulture);

        /// <summary>Letters of the options that are there.</summary>
        public IEnumerable<string> Letters => MmBench.Letters.Where((_, i) => Texts[i] is not null);

        public static Row Read(TsvRow row) => new(
            row.Number("index"),
            MmBench.Letters.Contains(row.Text("answer")) ? row.Text("answer") : throw row.Error("answer", "A, B, C or D", row.Text("answer")),
            [.. MmBench.Letters.Select(row.Optional)]);

        /// <summary>lmms-eval fills absent options with the text nan and then finds it in answers.</summary>
        public Dictionary<string, string> Options(bool isLmms) => MmBench.Letters.Zip(Texts)
            .Where(option => option.Second is not null || isLmms)
            .ToDictionary(option => option.First, option => option.Second ?? "nan");
    }
}
