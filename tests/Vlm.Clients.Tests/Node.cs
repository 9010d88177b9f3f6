using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Vlm.Testing;

namespace Vlm.Clients.Tests;

/// <summary>Node and npm of this machine; tests that need them are skipped, with a reason, where they are absent.</summary>
internal static partial class Node
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly ConcurrentDictionary<string, Task<string?>> Installed = new();

    /// <summary>Chromium of Debian; null where there is none.</summary>
    public static string? Chromium { get; } = Find("chromium");

    /// <summary>Runs a program of a package, whose dependencies are installed once by <c>npm ci</c>.</summary>
    /// <param name="folder">Folder of the package, from the root.</param>
    /// <param name="environment">Further environment variables.</param>
    /// <param name="command">Program and arguments.</param>
    public static async Task RunAsync(string folder, IReadOnlyDictionary<string, string> environment, params string[] command)
    {
        Skip.If(Find("node") is null || Find("npm") is null, "node, npm: expected on PATH, found none (Debian packages nodejs, npm).");
        string path = Path.Combine(Golden.Root, folder);
        string? failure = await Installed.GetOrAdd(path, InstallAsync);
        Skip.If(failure is not null && Unreachable().IsMatch(failure), failure);
        Assert.True(failure is null, failure);
        (int code, string output) = await ExecuteAsync(path, environment, command);
        Assert.True(code == 0, $"{string.Join(' ', command)}: exit {code}\n{output}");
    }

    private static async Task<string?> InstallAsync(string path)
    {
        string stamp = Path.Combine(path, "node_modules", ".package-lock.json");
        if (File.Exists(stamp) && File.GetLastWriteTimeUtc(stamp) >= File.GetLastWriteTimeUtc(Path.Combine(path, "package-lock.json")))
        {
            return null;
        }

        (int code, string output) = await ExecuteAsync(
            path, new Dictionary<string, string>(), ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]);
        return code == 0 ? null : $"npm ci in {path}: exit {code}\n{output}";
    }

    private static async Task<(int Code, string Output)> ExecuteAsync(
        string path, IReadOnlyDictionary<string, string> environment, string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..])
        {
            WorkingDirectory = path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(Patience);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await error);
    }

    /// <summary>npm's words for a registry that does not answer.</summary>
    [GeneratedRegex("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH")]
    private static partial Regex Unreachable();

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
