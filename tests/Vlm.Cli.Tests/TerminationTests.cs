namespace Vlm.Cli.Tests;

/// <summary>SIGTERM, which orchestrators send, ends a command as Ctrl-C does.</summary>
public sealed class TerminationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vlm-term-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task NewCheckpoint_Terminated_LeavesNothingBehind()
    {
        using VlmProcess vlm = VlmProcess.Start("new-checkpoint", Path.Combine(_folder, "model"), "--preset", "clipL-1b");
        while (!vlm.HasExited && !Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Any())
        {
            await Task.Yield();
        }

        vlm.Terminate();
        (int code, _, _) = await vlm.EndAsync();

        Assert.Equal(130, code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }
}
