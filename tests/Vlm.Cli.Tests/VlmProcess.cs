using System.Diagnostics;
using System.Runtime.InteropServices;
using Vlm.Testing;

namespace Vlm.Cli.Tests;

/// <summary>The program as a user starts it: <c>./vlm</c> of this checkout, in a process of its own.</summary>
internal sealed class VlmProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private VlmProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public static VlmProcess Start(params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(Golden.Root, "vlm"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["VLM_NO_INSTALL"] = "1";
        start.Environment.Remove("OMP_NUM_THREADS"); // as a user starts it
        VlmProcess started = new(Process.Start(start)!);
        started._process.StandardInput.Close();
        return started;
    }

    public bool HasExited => _process.HasExited;

    public async Task<(int ExitCode, string Output, string Error)> EndAsync()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(3));
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, await _output, await _error);
    }

    /// <summary>Asks the process to end as an orchestrator does.</summary>
    public void Terminate() => PosixKill();

    /// <summary>Ends the process at once (SIGKILL): <c>./vlm</c> has become the program by then.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void PosixKill()
    {
        Assert.True(RuntimeInformation.IsOSPlatform(OSPlatform.Linux));
        using Process kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }
}
