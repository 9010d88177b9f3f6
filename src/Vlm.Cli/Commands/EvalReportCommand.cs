using System.CommandLine;
using Vlm.Api;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Preview;
using Vlm.Eval.Data;
using Vlm.Eval.Reports;
using Vlm.Eval.Scoring;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm eval report</c>: finished runs to a page and tables.</summary>
internal static class EvalReportCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo[]> runs = new("RUN") { Description = "Folders of eval run or eval merge.", Arity = ArgumentArity.OneOrMore };
        runs.AcceptExistingOnly();
        Option<DirectoryInfo> data = EvalOptions.Data();
        Option<DirectoryInfo> target = new("--out") { Description = "Folder to write report.html, scores.csv, scores.md, speed.md and plots to.", Required = true };
        Option<int> samples = new("--bootstrap") { Description = "Resamples for the intervals.", DefaultValueFactory = _ => Bootstrap.DefaultSamples };
        Option<int> regressions = new("--regressions") { Description = "Questions shown per method that merging made worse.", DefaultValueFactory = _ => 3 };
        Option<int?> pictureSize = new("--picture-size") { Description = "Pixels per side of the pictures in the page (default: the files as they are)." };
        Option<DirectoryInfo?> model = new("--model") { Description = "Checkpoint of the runs: draws what merging did to the pictures of the worst losses." };
        Option<int[]> budgets = new("--image-tokens")
        {
            Description = "Numbers of visual tokens: budgets.md gets a table of all methods with at most so many.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [],
        };
        samples.Validators.Add(result => CommonOptions.Check(result, samples, 2, 1_000_000));
        regressions.Validators.Add(result => CommonOptions.Check(result, regressions, 0, 1000));
        pictureSize.Validators.Add(result => CommonOptions.Check(result, pictureSize, 16, 4096));
        Command command = new("report", """
            Scores finished runs and shows them: intervals, differences to no merging, plots, speed, published rows, worst losses.

            Example:
              ./vlm eval report runs/a --data playground/data/eval --out report
            """)
        {
            runs, data, target, samples, budgets, regressions, pictureSize, model,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            string folder = parsed.GetValue(target)!.FullName;
            DirectoryInfo[] folders = parsed.GetValue(runs)!;
            string line = $"vlm eval report {string.Join(' ', folders.Select(run => run.Name))} --data {parsed.GetValue(data)!.Name} --bootstrap {parsed.GetValue(samples)}";
            ReportOptions options = new()
            {
                Command = line,
                Samples = parsed.GetValue(samples),
                Budgets = parsed.GetValue(budgets)!,
                Regressions = parsed.GetValue(regressions),
                PictureSize = parsed.GetValue(pictureSize),
            };
            Task<IReadOnlyList<ReportRow>> Write(Overlays? overlays) =>
                EvalReport.WriteAsync(folders.Select(run => run.FullName), new DataFolder(parsed.GetValue(data)!.FullName), folder, options, overlays, cancel);
            IReadOnlyList<ReportRow> rows = parsed.GetValue(model) is { } checkpoint
                ? await WithModelAsync(checkpoint, options.PictureSize, Write, cancel)
                : await Write(null);
            Console.WriteLine($"{Path.Combine(folder, "report.html")}: {rows.Count} settings");
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<T> WithModelAsync<T>(DirectoryInfo checkpoint, int? pictureSize, Func<Overlays?, Task<T>> work, CancellationToken cancel)
    {
        using ModelSource source = ModelSource.Open(checkpoint.FullName);
        using ChatPreparer preparer = new(source.Tokenizer, source.Preprocessor, source.Description);
        await using VlmEngine engine = VlmEngine.Start(source, new EngineOptions { MaxBatchSize = 1, WarmUp = false });
        await engine.Ready.WaitAsync(cancel);
        return await work(new Overlays(source, new MergePreviewer(engine, preparer), pictureSize));
    }
}
