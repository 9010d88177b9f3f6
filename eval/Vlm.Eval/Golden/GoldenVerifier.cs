using System.Runtime.CompilerServices;
using static TorchSharp.torch;

namespace Vlm.Eval.Golden;

/// <summary>Compares this build with a folder of golden data: everything found there, one result each.</summary>
/// <param name="folder">A folder with some of <c>cases</c>, <c>operators</c>, <c>pixels</c> and <c>bad</c> (golden README).</param>
/// <param name="dtype">Compute type of the cases; float64 decides every tie surely.</param>
/// <param name="device">Where the cases run.</param>
/// <param name="only">Pattern over the names of the checks, or null for all.</param>
public sealed class GoldenVerifier(string folder, ScalarType dtype, Device device, string? only)
{
    private readonly Glob _only = new(only);

    /// <summary>Runs the checks in a fixed order; one that fails does not stop the others.</summary>
    public async IAsyncEnumerable<CheckResult> RunAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        IEnumerable<CheckResult> quick =
            [.. HostileChecks.Run(folder, _only), .. PictureChecks.Run(folder, _only), .. OperatorChecks.Run(folder, _only)];
        foreach (CheckResult result in quick)
        {
            yield return result;
        }

        foreach (IGrouping<string, GoldenCase> cases in GoldenCase.LoadAll(folder).Where(c => _only.Matches(NameOf(c))).GroupBy(c => c.Checkpoint))
        {
            await foreach (CheckResult result in RunCasesAsync(cases, cancel))
            {
                yield return result;
            }
        }
    }

    private static string NameOf(GoldenCase golden) => "cases/" + golden.Name;

    private async IAsyncEnumerable<CheckResult> RunCasesAsync(
        IGrouping<string, GoldenCase> cases, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using CaseChecks checks = new(Path.Combine(folder, "checkpoints", cases.Key), dtype, device);
        foreach (GoldenCase golden in cases)
        {
            yield return await CheckResult.OfAsync(NameOf(golden), () => checks.CheckAsync(golden, cancel));
        }
    }
}
