using Vlm.Testing;

namespace Vlm.Cli.Tests;

/// <summary>Exit codes and one-line errors of interface.md section 1.</summary>
public sealed class ExitCodeTests
{
    [Fact]
    public async Task Run_UnknownCommand_ExitsWithUsageError()
    {
        using VlmProcess vlm = VlmProcess.Start("nonsense");

        (int code, _, string error) = await vlm.EndAsync();

        Assert.Equal(2, code);
        AssertOneLine(error, "nonsense");
    }

    [Fact]
    public async Task Run_Help_ListsEveryCommand()
    {
        using VlmProcess vlm = VlmProcess.Start("--help");

        (int code, string output, _) = await vlm.EndAsync();

        Assert.Equal(0, code);
        Assert.All(
            ["serve", "chat", "test", "verify", "inspect", "new-checkpoint", "convert", "doctor", "bench", "merge", "eval"],
            command => Assert.Contains(command, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--Limits:MaxBodyBytes=abc")]
    [InlineData("--nonsense")]
    public async Task Serve_BadConfiguration_ExitsWithUsageError(string argument)
    {
        using VlmProcess vlm = VlmProcess.Start("serve", "--urls", "http://127.0.0.1:0", argument);

        (int code, string output, string error) = await vlm.EndAsync();

        Assert.Equal(2, code);
        Assert.Contains("vlm: ", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output + error, StringComparison.Ordinal); // no stack trace
    }

    [Theory]
    [InlineData("'--josn'", "chat", "--josn")]
    [InlineData("'--sed'", "new-checkpoint", "--preset", "tiny", "--sed")]
    [InlineData("--dtype", "chat", "--dtype", "float8", "Hello?")]
    [InlineData("--image", "chat", "--image", "/nonexistent.png", "Hello?")]
    [InlineData("DIR", "inspect", "/nonexistent")]
    public async Task Run_WrongOption_IsNamed(string named, params string[] arguments)
    {
        using VlmProcess vlm = VlmProcess.Start(arguments);

        (int code, _, string error) = await vlm.EndAsync();

        Assert.Equal(2, code);
        AssertOneLine(error, named);
    }

    [Fact]
    public async Task Test_Help_RunsNothing()
    {
        using VlmProcess vlm = VlmProcess.Start("test", "--help");

        (int code, string output, _) = await vlm.EndAsync();

        Assert.Equal(0, code);
        Assert.Contains("./vlm test", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("serve", "--urls", "http://127.0.0.1:0", "--model")]
    [InlineData("chat", "Hello?", "--model")]
    public async Task Run_FolderWithoutConfig_NamesTheMissingFile(params string[] arguments)
    {
        string empty = Directory.CreateTempSubdirectory("vlm empty ").FullName;
        try
        {
            using VlmProcess vlm = VlmProcess.Start([.. arguments, empty]);

            (int code, _, string error) = await vlm.EndAsync();

            Assert.Equal(2, code);
            AssertOneLine(error, "config.json");
        }
        finally
        {
            Directory.Delete(empty, recursive: true);
        }
    }

    [Theory]
    [InlineData("layer", "--layer", "99")]
    [InlineData("merge", "--merge", "pitome")]
    [InlineData("merge method", "--merge", "none,nonsense:0.9")]
    public async Task MergeShow_BadOption_NamesItAndWritesNothing(string part, params string[] options)
    {
        string folder = Path.Combine(Path.GetTempPath(), $"vlm-show-{Guid.NewGuid():N}");
        string picture = Path.Combine(Golden.Root, "assets", "pictures", "sample.jpg");
        using VlmProcess vlm = VlmProcess.Start(["merge", "show", picture, "--out", folder, .. options]);

        (int code, _, string error) = await vlm.EndAsync();

        Assert.Equal(2, code);
        Assert.StartsWith($"vlm: {part}: expected ", error.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [SkippableTheory]
    [InlineData("missing_tensor")]
    [InlineData("wrong_shape")]
    [InlineData("path_traversal")]
    public async Task Serve_BadCheckpoint_StopsTheStartWithOneLine(string folder)
    {
        using VlmProcess vlm = VlmProcess.Start(
            "serve", "--urls", "http://127.0.0.1:0", "--model", Golden.Folder("bad", "checkpoints", folder));

        (int code, _, string error) = await vlm.EndAsync();

        Assert.Equal(2, code);
        AssertOneLine(error, "expected");
    }

    /// <summary>Scripts read the last line by interface.md: it has two numbers, whatever was skipped.</summary>
    [SkippableFact]
    public async Task Verify_CaseThatFloat32CannotDecide_IsSkippedAndTheLastLineKeepsItsForm()
    {
        using VlmProcess vlm = VlmProcess.Start("verify", Golden.Folder(), "--dtype", "float32", "--only", "cases/29-*");

        (int code, string output, _) = await vlm.EndAsync();

        Assert.Equal(0, code);
        Assert.Equal(["1 skipped", "0 passed, 0 failed"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^2..]);
    }

    private static void AssertOneLine(string error, string part)
    {
        string line = Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("vlm: ", line, StringComparison.Ordinal);
        Assert.Contains(part, line, StringComparison.Ordinal);
    }
}
