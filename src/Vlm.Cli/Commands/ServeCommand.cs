using System.CommandLine;
using Vlm.Api;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm serve</c>: the HTTP server.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        Option<DirectoryInfo?> model = CommonOptions.Model();
        Option<string?> urls = new("--urls") { Description = $"Address to listen on (default {ApiHost.DefaultUrl})." };
        Option<string> device = CommonOptions.Device();
        Option<string> dtype = CommonOptions.DType();
        Command command = new("serve", """
            The HTTP server: POST /chat, OpenAPI at /openapi/v1.json, Swagger UI at /swagger. Ends on SIGTERM after running answers.

            Examples:
              ./vlm serve
              ./vlm serve --model llava-1.5-7b-hf --urls http://0.0.0.0:8080 --device cuda:0 --dtype float16
              Engine__MaxSequences=32 ./vlm serve
            """)
        {
            model, urls, device, dtype,
        };
        command.SetAction(async (parsed, _) =>
        {
            Dictionary<string, string?> settings = new() { ["Model:Path"] = DefaultCheckpoint.Resolve(parsed.GetValue(model)) };
            SetWhenGiven(settings, "Model:Device", parsed, device);
            SetWhenGiven(settings, "Model:DType", parsed, dtype);
            SetWhenGiven(settings, "urls", parsed, urls);
            return await ApiHost.RunAsync([], settings);
        });
        return command;
    }

    /// <summary>An option left out must not hide the configuration file and the environment.</summary>
    private static void SetWhenGiven<T>(Dictionary<string, string?> settings, string key, ParseResult parsed, Option<T> option)
    {
        if (parsed.GetResult(option) is { Implicit: false })
        {
            settings[key] = parsed.GetValue(option)?.ToString();
        }
    }
}
