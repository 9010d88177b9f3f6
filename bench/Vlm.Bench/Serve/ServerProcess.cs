using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Vlm.Bench.Serve;

/// <summary>A server in a process of its own, for as long as it is measured.</summary>
public sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri url) => (_process, Url) = (process, url);

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Resident memory in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Time of processors used so far, of all threads together.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts <c>PROGRAM serve ...</c> on a free port and waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended by itself; its reason is on standard error.</exception>
    public static async Task<ServerProcess> StartAsync(string program, IEnumerable<string> arguments, CancellationToken cancel)
    {
        Uri url = new($"http://127.0.0.1:{FreePort()}");
        Process process = Process.Start(program, ["serve", "--urls", url.OriginalString, "--Serilog:MinimumLevel:Default=Warning", .. arguments]);
        ServerProcess server = new(process, url);
        try
        {
            await server.ReadyAsync(cancel);
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task ReadyAsync(CancellationToken cancel)
    {
        using HttpClient http = new() { BaseAddress = Url };
        while (true)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"server: expected it to become ready, found it ended with exit code {_process.ExitCode}.");
            }

            try
            {
                using HttpResponseMessage answer = await http.GetAsync("health/ready", cancel);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(200, cancel);
        }
    }

    private static int FreePort()
    {
        using TcpListener probe = new(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
