using System.Runtime.CompilerServices;

namespace Vlm.Eval.Golden;

/// <summary>Compares this build with a folder of golden data: everything found there, one result each.</summary>
/// <param name="folder">A folder with some of <c>cases</c>, <c>operators</c>, <c>pixels</c> and <c>bad</c> (golden README).</param>
/// <param name="target">How the cases compute; float64 decides every tie surely.</param>
/// <param name="only">Pattern over the names of the checks, or null for all.</param>
public sealed class GoldenVerifier(string folder, CaseTarget target, string? only)
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

        foreach (IGrouping<string, GoldenCase> cases in Cases())
        {
            await foreach (CheckResult result in RunCasesAsync(cases, cancel))
            {
                yield return result;
            }
        }
    }

    /// <summary>How far the greedy ids of every case stay those of the reference, for weights that are not the reference's.</summary>
    public async IAsyncEnumerable<CaseAgreement> AgreeAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (IGrouping<string, GoldenCase> cases in Cases())
        {
            await using CaseChecks checks = Open(cases.Key);
            foreach (GoldenCase golden in cases)
            {
                int same = await checks.AgreeAsync(golden, cancel);
                yield return new CaseAgreement(NameOf(golden), same, golden.Expect.Ids.Length);
            }
        }
    }

    private IEnumerable<IGrouping<string, GoldenCase>> Cases() =>
        GoldenCase.LoadAll(folder).Where(c => _only.Matches(NameOf(c))).GroupBy(c => c.Checkpoint);

    private CaseChecks Open(string checkpoint) => new(Path.Combine(folder, "checkpoints", checkpoint), target);

    private static string NameOf(GoldenCase golden) => "cases/" + golden.Name;

    private async IAsyncEnumerable<CheckResult> RunCasesAsync(
        IGrouping<string, GoldenCase> cases, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using CaseChecks checks = Open(cases.Key);
        foreach (GoldenCase golden in cases)
        {
            yield return await CheckResult.OfAsync(NameOf(golden), () => checks.CheckAsync(golden, cancel));
        }
    }
}
