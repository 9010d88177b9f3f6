using System.CommandLine;
using System.Globalization;
using Vlm.Api;
using Vlm.Merge.Theory;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm merge theory</c>: theorem 1 of the PiToMe paper in numbers.</summary>
internal static class MergeTheoryCommand
{
    private const int Orders = 200;

    public static Command Create()
    {
        Command command = new("theory", """
            Spectral distance between the graph of tokens and what merging leaves of it, on 16 tokens whose largest cluster
            fills the even positions, ToMe's set A. PiToMe's distance falls with the noise, ToMe's stays.

            Example:
              ./vlm merge theory
            """);
        command.SetAction(_ => Print());
        return command;
    }

    private static int Print()
    {
        MarkdownTable.Write(
            ["noise", "removed", "method", "distance", "mixed groups", "lemma, sums", "lemma, averages", "merged groups"],
            TheoremTable.Adversarial().Select(Cells));
        Console.WriteLine("lemma: largest error of \"the lifted graph has the coarse graph's eigenvalues and ones\", by how coarse weights are made.");
        Console.WriteLine($"Random orders of 48 tokens (noise 0.05, 12 removed): PiToMe closer in {TheoremTable.CountPiToMeCloser(Orders)} of {Orders}; the theorem promises nothing there.");
        return ExitCode.Done;
    }

    private static string[] Cells(TheoremRow row) =>
    [
        row.Noise.ToString(CultureInfo.InvariantCulture),
        row.Removed.ToString(CultureInfo.InvariantCulture),
        row.Method,
        row.Distance.ToString("0.000000", CultureInfo.InvariantCulture),
        row.Mixed.ToString(CultureInfo.InvariantCulture),
        row.LemmaSummed.ToString("0e0", CultureInfo.InvariantCulture),
        row.LemmaAveraged.ToString("0e0", CultureInfo.InvariantCulture),
        string.Join(' ', row.Groups.Select(group => $"({string.Join(',', group)})")),
    ];
}
