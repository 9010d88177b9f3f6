namespace Vlm.Cli.Tests;

/// <summary><c>./vlm eval run</c> killed in the middle of its work and started again; <c>scripts/check-resume.sh 20</c> does it longer and in parts.</summary>
public sealed class EvalRunTests : IDisposable
{
    private const int NumKills = 2;

    private readonly string _folder = Directory.CreateTempSubdirectory("vlm run ").FullName;

    private string[] Ask =>
        ["eval", "run", "--benchmark", "scenes", "--data", At("data"), "--model", At("model"), "--merge", "none,tome:0.9", "--batch", "2", "--threads", "1"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Run_KilledAndStartedAgain_EqualsAnUndisturbedRun()
    {
        await EndAsync("eval", "make-scenes", At("data"), "--count", "80", "--seed", "5");
        await EndAsync("new-checkpoint", At("model"), "--preset", "tiny", "--seed", "1");
        for (int kill = 0; kill < NumKills; kill++)
        {
            await KillAtWorkAsync();
        }

        await EndAsync([.. Ask, "--out", At("broken")]);
        await EndAsync([.. Ask, "--out", At("whole")]);

        foreach (string setting in Directory.GetDirectories(At("whole", "scenes")).Select(path => Path.GetFileName(path)!))
        {
            Assert.All(["answers.jsonl", "manifest.json"], file => Assert.Equal(Bytes("whole", setting, file), Bytes("broken", setting, file)));
            Assert.Equal(LogLines("whole", setting), LogLines("broken", setting));
        }
    }

    /// <summary>Starts the run and kills it (SIGKILL) as soon as it has written something more, with questions left to ask.</summary>
    private async Task KillAtWorkAsync()
    {
        long before = Written();
        using VlmProcess run = VlmProcess.Start([.. Ask, "--out", At("broken")]);
        await Task.Factory.StartNew(KillWhenItWrites, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // a pool may be busy too long
        await run.EndAsync();
        Assert.Empty(Directory.GetFiles(At("broken"), "answers.jsonl", SearchOption.AllDirectories));

        void KillWhenItWrites()
        {
            while (Written() == before)
            {
                Assert.False(run.HasExited);
                Thread.Sleep(1);
            }

            run.Kill();
        }
    }

    private long Written() => Directory.Exists(At("broken"))
        ? Directory.GetFiles(At("broken"), "log.jsonl", SearchOption.AllDirectories).Sum(path => new FileInfo(path).Length)
        : 0;

    private byte[] Bytes(string run, string setting, string file) => File.ReadAllBytes(At(run, "scenes", setting, file));

    private IEnumerable<string> LogLines(string run, string setting) => File.ReadAllLines(At(run, "scenes", setting, "log.jsonl")).Order(StringComparer.Ordinal);

    private static async Task EndAsync(params string[] arguments)
    {
        using VlmProcess vlm = VlmProcess.Start(arguments);
        (int code, _, string error) = await vlm.EndAsync();
        Assert.True(code == 0, error);
    }

    private string At(params string[] parts) => Path.Combine([_folder, .. parts]);
}
