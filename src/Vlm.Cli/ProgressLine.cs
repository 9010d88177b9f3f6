using System.Globalization;
using Spectre.Console;
using Vlm.Core.Weights;

namespace Vlm.Cli;

/// <summary>Long writing with a bar, rate and remaining time on a terminal, and plain lines of tenths when piped.</summary>
internal static class ProgressLine
{
    /// <summary>Runs <paramref name="work"/>, which reports the bytes done.</summary>
    public static void Run(string title, Action<IProgress<ByteProgress>> work)
    {
        if (Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            work(new Tenths(title));
            return;
        }

        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bar(context.AddTask(title))));
    }

    private sealed class Bar(ProgressTask task) : IProgress<ByteProgress>
    {
        public void Report(ByteProgress value)
        {
            task.MaxValue = value.TotalBytes;
            task.Value = value.DoneBytes;
        }
    }

    private sealed class Tenths(string title) : IProgress<ByteProgress>
    {
        private long _said = -1;

        public void Report(ByteProgress value)
        {
            long tenth = value.DoneBytes * 10 / Math.Max(value.TotalBytes, 1);
            if (tenth > _said)
            {
                _said = tenth;
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title}: {tenth * 10} % of {value.TotalBytes / 1e6:0} MB"));
            }
        }
    }
}
