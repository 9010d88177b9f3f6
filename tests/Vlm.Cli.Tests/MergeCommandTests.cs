using System.Globalization;
using System.Text.Json;
using Vlm.Merge;
using Vlm.Testing;

namespace Vlm.Cli.Tests;

/// <summary>What <c>./vlm merge</c> and <c>./vlm bench merge</c> print and write.</summary>
public sealed class MergeCommandTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("vlm-merge-").FullName;

    [Fact]
    public async Task Theory_Table_ShowsTheSpecRow()
    {
        string output = await RunAsync("merge", "theory");

        Assert.Contains("| 0.05   | 4       | PiToMe | 0.002216 | 0 ", output, StringComparison.Ordinal);
        Assert.Contains("(10,6,8) (2,0,14)", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cost_AllAtABudget_HasARowForEveryMethodThatReachesIt()
    {
        string output = await RunAsync("merge", "cost", "--merge", "none,all:image_tokens=120");

        Assert.All(
            TokenMergers.All.SelectMany(method => method.Profiles.Select(profile => $"{method.Name}/{profile.Name}:")),
            name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cost_AllWithAnOption_HasARowForEveryMethodThatTakesIt()
    {
        string output = await RunAsync("merge", "cost", "--merge", "all:image_tokens=120,order=raster");

        Assert.All(
            TokenMergers.All.SelectMany(method => method.Profiles.Select(profile => (Name: $"{method.Name}/{profile.Name}:", profile.Options))),
            known => Assert.Equal(known.Options.Contains("order"), output.Contains(known.Name, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Cost_AllByCount_LeavesOutWhoTakesNone()
    {
        string output = await RunAsync("merge", "cost", "--merge", "all:r=8");

        Assert.Contains("tome/released:r=8", output, StringComparison.Ordinal);
        Assert.DoesNotContain("dct/", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cost_SmallModel_ShowsWhatATokenCosts()
    {
        string output = await RunAsync("merge", "cost", "--merge", "pitome:0.9");

        string[] cells = output.Split('\n').Single(line => line.Contains("pitome/released", StringComparison.Ordinal)).Split('|');
        Assert.NotEqual(0, double.Parse(cells[^3], CultureInfo.InvariantCulture)); // decode per token
    }

    [Fact]
    public async Task Show_WithoutSpecs_ShowsEveryMethodOfThisBuild()
    {
        string folder = Path.Combine(_parent, "out");

        await RunAsync("merge", "show", Path.Combine(Golden.Root, "assets", "pictures", "sample.jpg"), "--out", folder);

        Assert.Contains("id=\"animations\"", File.ReadAllText(Path.Combine(folder, "index.html")), StringComparison.Ordinal);
        JsonElement previews = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "previews.json"))).RootElement;
        Assert.All(["pitome", "tome"], name => Assert.Contains(previews.EnumerateArray(), p => p.GetProperty("method").GetString() == name));
        Assert.All(
            previews.EnumerateArray().Where(p => p.TryGetProperty("owner", out _)),
            p => Assert.Equal(p.GetProperty("tokens_full").GetInt32(), p.GetProperty("owner").GetArrayLength()));
    }

    [Theory]
    [InlineData("vlm: --text: expected 0 to 1000000, found -1. See vlm --help.", "cost", "--text", "-1")]
    [InlineData("vlm: merging: expected one of --merge and --image-tokens, found both. See vlm --help.", "show", "SAMPLE", "--merge", "tome:0.9", "--image-tokens", "64")]
    [InlineData("vlm: --image-tokens: expected a number that some method reaches, found one below all.", "show", "SAMPLE", "--image-tokens", "0")]
    [InlineData("vlm: layer: expected 0 to 10, found 11.", "show", "SAMPLE", "--layer", "11")]
    [InlineData("vlm: merge layers: expected 0 to 10, found 11.", "cost", "--merge", "tome:0.9,layers=11")]
    public async Task Arguments_OutOfRange_AreRefusedInWords(string message, params string[] arguments)
    {
        string sample = Path.Combine(Golden.Root, "assets", "pictures", "sample.jpg"), folder = Path.Combine(_parent, "out");
        string[] more = arguments[0] == "show" ? ["--out", folder] : [];
        using VlmProcess vlm = VlmProcess.Start(["merge", .. arguments.Select(argument => argument == "SAMPLE" ? sample : argument), .. more]);

        (int code, _, string error) = await vlm.EndAsync();

        Assert.Equal((2, message), (code, error.TrimEnd().Split('\n')[^1]));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Bench_SmallSizes_GivesARowPerProfile()
    {
        string json = Path.Combine(_parent, "rows.json");

        await RunAsync("bench", "merge", "--tokens", "17", "--width", "8", "--batch", "1", "2", "--turns", "1", "--json", json);

        JsonElement[] rows = [.. JsonDocument.Parse(File.ReadAllText(json)).RootElement.EnumerateArray()];
        Assert.Contains(rows, row => row.GetProperty("merge").GetString() == "pitome/paper:0.9" && row.GetProperty("batch").GetInt32() == 2);
        Assert.All(rows, row => Assert.True(row.GetProperty("seconds").GetDouble() > 0));
    }

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    private static async Task<string> RunAsync(params string[] arguments)
    {
        using VlmProcess vlm = VlmProcess.Start(arguments);
        (int code, string output, string error) = await vlm.EndAsync();
        Assert.True(code == 0, error);
        return output;
    }
}
