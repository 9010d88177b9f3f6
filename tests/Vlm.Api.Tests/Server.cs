namespace Vlm.Api.Tests;

/// <summary>The server as its program runs it.</summary>
internal static class Server
{
    /// <summary>Runs it to its end.</summary>
    /// <returns>Exit code and standard error.</returns>
    public static async Task<(int Exit, string Error)> RunAsync(params string[] args)
    {
        using StringWriter error = new();
        Dictionary<string, string?> quiet = new() { ["Serilog:MinimumLevel:Default"] = "Fatal", ["Serilog:MinimumLevel:Override:Vlm"] = "Fatal" };
        int exit = await ApiHost.RunAsync(args, quiet, error);
        return (exit, error.ToString().TrimEnd());
    }
}
