using Vlm.Eval.Golden;

namespace Vlm.Eval.Tests.Golden;

public sealed class GoldenVerifierTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vlm golden ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Run_GoldenData_NothingFailsAndOnlyMissingMethodsAreSkipped()
    {
        List<CheckResult> results = await RunAsync(Testing.Golden.Folder());

        Assert.DoesNotContain(results, result => result.Outcome == CheckOutcome.Failed);
        Assert.All(
            results.Where(result => result.Outcome == CheckOutcome.Skipped),
            result => Assert.Contains("this build has no such", result.Detail, StringComparison.Ordinal));
        Assert.Contains(results, result => result.Name.StartsWith("cases/", StringComparison.Ordinal) && result.Outcome == CheckOutcome.Passed);
    }

    [Theory]
    [InlineData("ok: a picture like any other", CheckOutcome.Passed)]
    [InlineData("truncated data", CheckOutcome.Failed)]
    public async Task Run_SoundPicture_AgreesOnlyWithTheTruth(string expected, CheckOutcome outcome)
    {
        WriteBadPicture(expected, bytes => bytes);

        CheckResult result = Assert.Single(await RunAsync(_folder));

        Assert.Equal(("bad/images/sample.jpg", outcome), (result.Name, result.Outcome));
    }

    [Theory]
    [InlineData("truncated data", CheckOutcome.Passed)]
    [InlineData("ok", CheckOutcome.Failed)]
    [InlineData("too many pixels", CheckOutcome.Failed)]
    public async Task Run_TruncatedPicture_AgreesOnlyWithTheTruth(string expected, CheckOutcome outcome)
    {
        WriteBadPicture(expected, bytes => bytes[..(bytes.Length / 2)]);

        CheckResult result = Assert.Single(await RunAsync(_folder));

        Assert.Equal(outcome, result.Outcome);
    }

    [Fact]
    public async Task Run_PatternThatCoversNothing_RunsNothing()
    {
        WriteBadPicture("ok", bytes => bytes);

        Assert.Empty(await RunAsync(_folder, "cases/*"));
    }

    private static async Task<List<CheckResult>> RunAsync(string folder, string? only = null)
    {
        List<CheckResult> results = [];
        await foreach (CheckResult result in new GoldenVerifier(folder, new CaseTarget("float64"), only).RunAsync())
        {
            results.Add(result);
        }

        return results;
    }

    private void WriteBadPicture(string expected, Func<byte[], byte[]> damage)
    {
        string images = Directory.CreateDirectory(Path.Combine(_folder, "bad", "images")).FullName;
        byte[] bytes = File.ReadAllBytes(Path.Combine(Testing.Golden.Root, "assets", "pictures", "sample.jpg"));
        File.WriteAllBytes(Path.Combine(images, "sample.jpg"), damage(bytes));
        File.WriteAllText(Path.Combine(_folder, "bad", "index.json"), $$$"""{"images": {"sample.jpg": "{{{expected}}}"}}""");
    }
}
