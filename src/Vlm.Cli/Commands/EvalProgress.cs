using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Vlm.Eval.Runs;

namespace Vlm.Cli.Commands;

/// <summary>Progress of a setting: a bar with rate, remaining time and running score on a terminal, a line every few seconds when piped.</summary>
internal static class EvalProgress
{
    public static async Task ShowAsync(string title, Func<IProgress<RunProgress>, Task> work)
    {
        if (Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            Lines lines = new();
            await work(lines);
            lines.Finish(title);
            return;
        }

        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context => work(new Bar(context.AddTask(Markup.Escape(title)))));
    }

    private static string Describe(RunProgress p)
    {
        string score = p.Score is var (name, value) ? string.Create(CultureInfo.InvariantCulture, $", {name} {value:0.0} so far") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{p.Title}: {p.Done} of {p.Total}, {p.PerSecond:0.0}/s, {p.Remaining:hh\\:mm\\:ss} left{score}");
    }

    private sealed class Bar(ProgressTask task) : IProgress<RunProgress>
    {
        public void Report(RunProgress value)
        {
            task.MaxValue = value.Total;
            task.Value = value.Done;
            task.Description = Markup.Escape(Describe(value));
        }
    }

    private sealed class Lines : IProgress<RunProgress>
    {
        private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
        private long _last = Stopwatch.GetTimestamp();
        private RunProgress? _latest;

        public void Report(RunProgress value)
        {
            _latest = value;
            if (Stopwatch.GetElapsedTime(_last) > Pause)
            {
                _last = Stopwatch.GetTimestamp();
                Console.Error.WriteLine(Describe(value));
            }
        }

        public void Finish(string title) => Console.Error.WriteLine(_latest is null ? $"{title}: nothing left to ask" : Describe(_latest));
    }
}
