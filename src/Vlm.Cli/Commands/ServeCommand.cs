using System.CommandLine;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Vlm.Api;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm serve</c>: the HTTP server.</summary>
internal static partial class ServeCommand
{
    public const string Name = "serve";

    public static Command Create()
    {
        Option<DirectoryInfo?> model = CommonOptions.Model();
        Option<string?> urls = new("--urls") { Description = $"Address to listen on (default {ApiHost.DefaultUrl})." };
        Option<string> device = CommonOptions.Device();
        Option<string> dtype = CommonOptions.DType();
        Option<string> weights = CommonOptions.Weights();
        Command command = new(Name, """
            The HTTP server: POST /chat, OpenAPI at /openapi/v1.json, Swagger UI at /swagger. Ends on SIGTERM after running answers.

            Examples:
              ./vlm serve
              ./vlm serve --model llava-1.5-7b-hf --urls http://0.0.0.0:8080 --device cuda:0 --dtype float16
              Engine__MaxBatchSize=32 ./vlm serve
              ./vlm serve --Limits:MaxBodyBytes=33554432
            """)
        {
            model, urls, device, dtype, weights,
        };
        command.TreatUnmatchedTokensAsErrors = false; // sections of the configuration, checked below
        command.SetAction(async (parsed, _) =>
        {
            string[] sections = [.. parsed.UnmatchedTokens];
            CheckSections(sections);
            Dictionary<string, string?> settings = [];
            if (parsed.GetValue(model) is not null || !IsConfigured(sections))
            {
                settings["Model:Path"] = DefaultCheckpoint.Resolve(parsed.GetValue(model));
            }

            SetWhenGiven(settings, "Model:Device", parsed, device);
            SetWhenGiven(settings, "Model:DType", parsed, dtype);
            SetWhenGiven(settings, "Model:Weights", parsed, weights);
            SetWhenGiven(settings, "urls", parsed, urls);
            return await ApiHost.RunAsync(sections, settings);
        });
        return command;
    }

    private static void CheckSections(string[] tokens)
    {
        foreach (string token in tokens)
        {
            if (!SectionOption().IsMatch(token))
            {
                throw new ArgumentException($"command line: expected an option or --Section:Name=value, found '{token}'.");
            }
        }
    }

    /// <summary>Whether file, environment or command line name a checkpoint.</summary>
    private static bool IsConfigured(string[] sections) => new ConfigurationBuilder()
        .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(sections)
        .Build()["Model:Path"] is { Length: > 0 };

    [GeneratedRegex("^--[A-Za-z]+(:[A-Za-z0-9.]+)+=")]
    private static partial Regex SectionOption();

    /// <summary>An option left out must not hide the configuration file and the environment.</summary>
    private static void SetWhenGiven<T>(Dictionary<string, string?> settings, string key, ParseResult parsed, Option<T> option)
    {
        if (parsed.GetResult(option) is { Implicit: false })
        {
            settings[key] = parsed.GetValue(option)?.ToString();
        }
    }
}
