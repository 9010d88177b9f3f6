using System.Text.RegularExpressions;
using System.Xml.Linq;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Reports;
using Vlm.Eval.Runs;
using Vlm.Eval.Tests.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Tests.Reports;

public sealed class ReportTests : IDisposable
{
    private static readonly ReportOptions Brief = new() { Command = "", Samples = 200 };

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Write_TwoSettings_ShowsScoresDifferencesAndLosses()
    {
        await RunAsync("none", ["left", "dog", "t-shirt", "yes"]);
        await RunAsync("tome:0.9", ["left", "cat", "t-shirt", "yes"]);

        IReadOnlyList<ReportRow> rows = await EvalReport.WriteAsync([_folder.At("run")], EvalFixtures.Data, _folder.At("report"), Brief with { Command = "vlm eval report <run>" });

        Assert.Equal(["none", "tome/released:0.9"], rows.Select(row => row.Merge.ToString()));
        Assert.Equal([100, 75], rows.Select(row => row.Value));
        Assert.Null(rows[0].Differences);
        Assert.InRange(rows[1].Differences!["accuracy"].Low, -75, -25);
        Assert.Contains("gqa,llava,tome/released:0.9,,,accuracy,75.00,", File.ReadAllText(_folder.At("report/scores.csv")), StringComparison.Ordinal);
        string page = File.ReadAllText(_folder.At("report/report.html"));
        Assert.Contains("What animal is it?", page, StringComparison.Ordinal);
        Assert.Contains("without: dog<br>with: cat", page, StringComparison.Ordinal);
        Assert.Contains("PiToMe paper, Table 3", page, StringComparison.Ordinal);
        Assert.Contains("vlm eval report &lt;run&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pope", "Is there a dog in the image?", "Yes", "No")] // its metric is no mean over questions
    [InlineData("textvqa", "what brand is this?", "pepsi", "sony")] // its ids name pictures
    public async Task Write_AnyBenchmark_ShowsItsWorstLosses(string benchmark, string text, string without, string with)
    {
        await RunAsync(benchmark, "none", _ => without);
        await RunAsync(benchmark, "tome:0.9", question => question.Text.Contains(text, StringComparison.OrdinalIgnoreCase) ? with : without);

        await EvalReport.WriteAsync([_folder.At("run")], EvalFixtures.Data, _folder.At("report"), Brief);

        string page = File.ReadAllText(_folder.At("report/report.html"));
        Assert.Matches($@"(?i){Regex.Escape(text)}[^<]*<br>without: {without}<br>with: {with}<", page);
    }

    [Fact]
    public async Task Write_QuestionsLeftOut_ScoresTheOthersAndSaysSo()
    {
        _folder.Write("data/gqa/data/testdev_balanced_questions.json", File.ReadAllText(EvalFixtures.Data.At("gqa", "data", "testdev_balanced_questions.json")));
        string[] pictures = Directory.GetFiles(EvalFixtures.Data.At("gqa", "data", "images"));
        _folder.Write("data/gqa/data/images/" + Path.GetFileName(pictures[0]), "");
        DataFolder data = new(_folder.At("data"));

        await RunAsync("none", ["left", "dog", "t-shirt", "yes"], data: data);
        ReportRow row = Assert.Single(await EvalReport.WriteAsync([_folder.At("run")], data, _folder.At("report"), Brief));

        Assert.Equal((2, 0), (row.Score.Counts.Questions, row.Score.Counts.Missing));
        Assert.Contains("; 2 left out for want of their picture", File.ReadAllText(_folder.At("report/report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_BudgetsAskedFor_PutsMethodsSideBySide()
    {
        await RunAsync("none", ["left", "dog", "t-shirt", "yes"], tokens: 256);
        await RunAsync("tome:0.9", ["left", "cat", "t-shirt", "yes"], tokens: 64);
        await RunAsync("pitome:0.9", ["left", "dog", "t-shirt", "yes"], tokens: 63);
        await RunAsync("pitome:0.95", ["left", "cat", "dress", "yes"], tokens: 140);

        await EvalReport.WriteAsync([_folder.At("run")], EvalFixtures.Data, _folder.At("report"), Brief with { Budgets = [149, 64] });

        string[] table = File.ReadAllLines(_folder.At("report/budgets.md"));
        Assert.StartsWith("gqa, accuracy of 4 questions; without merging 100.0 ± 0.0 (256).", table[0], StringComparison.Ordinal);
        Assert.Equal("| merge | at most 64 tokens | at most 149 tokens |", table[2]);
        Assert.Matches(@"^\| `pitome/released` \| \*\*100\.0 ± 0\.0 \(63\)\*\* \| \*\*50\.0 ± [0-9.]+ \(140\)\*\* \|$", table[4]);
        Assert.Matches(@"^\| `tome/released` \| 75\.0 ± [0-9.]+ \(64\) \|  \|$", table[5]);
        Assert.Equal("svg", XElement.Load(_folder.At("report/gqa-1.svg")).Name.LocalName);
    }

    [Fact]
    public void Draw_Series_IsSoundSvgWithAMarkPerPoint()
    {
        PlotSeries[] series = [new("a < b", [new(20, 60, 55, 66), new(10, 50, 45, 55)]), new("c", [new(15, 52, 52, 52)])];

        XElement svg = XElement.Parse(SvgPlot.Draw("accuracy", "tokens", "accuracy", series));

        XNamespace ns = "http://www.w3.org/2000/svg";
        Assert.Equal(3, svg.Descendants(ns + "circle").Count()); // two points and the legend of the first series
        Assert.Equal(2, svg.Descendants(ns + "polyline").Count());
        Assert.Matches("^4[0-9]{2}[0-9.]*,.* [67][0-9.]+,", svg.Descendants(ns + "polyline").First().Attribute("points")!.Value); // joined as given, by ratio
        Assert.Contains(svg.Descendants(ns + "text"), text => text.Value == "a < b");
    }

    [Fact]
    public void Draw_NothingButZero_HasReadableTicks()
    {
        XElement svg = XElement.Parse(SvgPlot.Draw("accuracy", "questions per second", "accuracy", [new("none", [new(0, 0, 0, 0), new(5000, 0, 0, 0)])]));

        string[] labels = [.. svg.Descendants().Where(text => text.Attribute("class")?.Value == "label").Select(text => text.Value)];
        Assert.Equal(["0", "1000", "2000", "3000", "4000", "5000", "-1", "-0.5", "0", "0.5", "1"], labels[..11]);
    }

    [Theory]
    [InlineData(32655, "9:04:15")]
    [InlineData(100_000, "27:46:40")]
    public void Text_Time_CountsHoursBeyondADay(int seconds, string expected) => Assert.Equal(expected, SpeedTable.Text(TimeSpan.FromSeconds(seconds)));

    /// <summary>Answers gqa's fixtures, whose keys count from 201.</summary>
    private Task RunAsync(string merge, string[] answers, int? tokens = null, DataFolder? data = null) =>
        RunAsync("gqa", merge, question => answers[question.Key[^1] - '1'], tokens, data);

    private async Task RunAsync(string benchmark, string merge, Func<Question, string> answer, int? tokens = null, DataFolder? data = null)
    {
        RunPlan plan = new(EvalFixtures.Benchmark(benchmark), data ?? EvalFixtures.Data, EvalProfile.Llava, Shard.Whole, null, allowMissingPictures: data is not null);
        BenchmarkRun run = new(plan, new ScriptedAnswerer(answer, tokens), null, _folder.At("run"));
        await run.RunAsync([MergeSpec.Parse(merge)], new Progress<RunProgress>(), CancellationToken.None);
    }

    private sealed class ScriptedAnswerer(Func<Question, string> answer, int? tokens) : IAnswerer
    {
        public string ModelId => "scripted";

        public int Concurrency => 1;

        public IReadOnlyDictionary<string, string> Identity => new Dictionary<string, string>();

        public EncoderCost? Cost(MergeSpec merge) => tokens is { } count ? new EncoderCost(count, 1) : null;

        public IAsyncEnumerable<Reply> AskAsync(
            IReadOnlyList<Question> questions, AskSettings settings, int maxTokens, MergeSpec merge, CancellationToken cancel) =>
            questions.Select(question => new Reply(answer(question), new ReplyTimes(0, 0, 0, 0, 0, 1, 1, 1))).ToAsyncEnumerable();
    }
}
