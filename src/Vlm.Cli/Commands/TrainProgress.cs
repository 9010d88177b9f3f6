using System.Globalization;
using Spectre.Console;
using Vlm.Eval.Training;

namespace Vlm.Cli.Commands;

/// <summary>Progress of training: a bar per stage on a terminal, and a line for each report.</summary>
internal static class TrainProgress
{
    private static readonly Dictionary<string, long> Steps = ScenesTraining.Stages.ToDictionary(stage => stage.Name, stage => stage.Steps);

    public static bool Show(long? steps, Func<Action<string, TrainingReport>, bool> work)
    {
        if (Console.IsErrorRedirected || Console.IsOutputRedirected)
        {
            return work((stage, report) => Console.WriteLine(Describe(stage, report)));
        }

        return AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                Dictionary<string, ProgressTask> bars = [];
                return work((stage, report) =>
                {
                    ProgressTask bar = bars.TryGetValue(stage, out ProgressTask? old) ? old : bars[stage] = context.AddTask(stage, maxValue: steps ?? Steps[stage]);
                    bar.Value = report.Step;
                    AnsiConsole.WriteLine(Describe(stage, report));
                });
            });
    }

    private static string Describe(string stage, TrainingReport report) => report.Scores.Count == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{stage} {report.Step}: loss {report.Loss:0.0000}, {report.StepsPerSecond:0.00} steps/s")
        : $"{stage} {report.Step}: " + string.Join(", ", report.Scores.Select(score => string.Create(CultureInfo.InvariantCulture, $"{score.Key} {score.Value:0.000}")));
}
