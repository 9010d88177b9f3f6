using System.CommandLine;
using System.Net.Http.Headers;
using Vlm.Api;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Runs;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm eval run</c>: asks benchmarks' questions, resumably.</summary>
internal static class EvalRunCommand
{
    private sealed record Options(
        Option<string> Benchmarks, Option<DirectoryInfo> Data, Option<DirectoryInfo> Out, Option<string> Merge, Option<string?> Profile, Option<string> Shard,
        Option<int?> Limit, Option<bool> AllowMissing, Option<DirectoryInfo?> Model, Option<string> DType, Option<string> Weights, Option<string> Device,
        Option<int> Batch, Option<int> Engines, Option<string?> Server, Option<string?> ServerModel, Option<string?> Key);

    public static Command Create()
    {
        Options options = new(
            EvalOptions.Benchmarks(),
            EvalOptions.Data(),
            new("--out") { Description = "Folder of the run; the same command goes on with what is there.", Required = true },
            new("--merge") { Description = MergeSpecList.Description, DefaultValueFactory = _ => "none" },
            EvalOptions.Profile(),
            new("--shard") { Description = "Part i/n of the questions, i from 1; questions about one picture stay together.", DefaultValueFactory = _ => "1/1" },
            new("--limit") { Description = "Only the first N questions." },
            new("--allow-missing-pictures") { Description = "Leave questions out whose picture is not there." },
            CommonOptions.Model(),
            CommonOptions.DType(),
            CommonOptions.Weights(),
            CommonOptions.Device(),
            new("--batch") { Description = "Questions that an engine runs at once.", DefaultValueFactory = _ => new EngineOptions().MaxBatchSize },
            new("--engines") { Description = "Engines side by side, which share the processors: faster with small models.", DefaultValueFactory = _ => 1 },
            new("--server") { Description = "Ask this server's /v1/chat/completions instead of loading a model." },
            new("--server-model") { Description = "Model to ask the server for (default: the first it lists)." },
            new("--key") { Description = "The server's key, sent as a bearer token." });
        options.Limit.Validators.Add(result => CommonOptions.Check(result, options.Limit, 1, int.MaxValue));
        options.Batch.Validators.Add(result => CommonOptions.Check(result, options.Batch, 1, 1024));
        options.Engines.Validators.Add(result => CommonOptions.Check(result, options.Engines, 1, Environment.ProcessorCount));
        Command command = new("run", """
            Asks the questions of benchmarks under merge settings and keeps the answers. Ended at any moment, the same command goes on.

            Examples:
              ./vlm eval run --benchmark gqa,pope --data playground/data/eval --model llava-1.5-7b --merge none,pitome:0.95,tome:0.95 --out runs/a
              ./vlm eval run --benchmark gqa --data playground/data/eval --shard 3/16 --out runs/a
              ./vlm eval run --benchmark pope --data playground/data/eval --server http://127.0.0.1:8080 --out runs/b
            """)
        {
            options.Benchmarks, options.Data, options.Out, options.Merge, options.Profile, options.Shard, options.Limit, options.AllowMissing,
            options.Model, options.DType, options.Weights, options.Device, options.Batch, options.Engines, options.Server, options.ServerModel, options.Key,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            RunPlan[] plans = [.. BenchmarkTable.Parse(parsed.GetValue(options.Benchmarks)!).Select(benchmark => Plan(benchmark, parsed, options))];
            if (parsed.GetValue(options.Server) is { } server)
            {
                using HttpClient client = new() { BaseAddress = ServerAnswerer.AddressOf(server), Timeout = TimeSpan.FromMinutes(10) };
                client.DefaultRequestHeaders.Authorization = parsed.GetValue(options.Key) is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;
                ServerAnswerer answerer = await ServerAnswerer.ConnectAsync(
                    client, parsed.GetValue(options.ServerModel), parsed.GetValue(options.Batch), cancel);
                await RunAsync(plans, Settings(parsed, options), answerer, parsed.GetValue(options.Out)!.FullName, cancel);
            }
            else
            {
                await WithEngineAsync(plans, parsed, options, cancel);
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static RunPlan Plan(IBenchmark benchmark, ParseResult parsed, Options options)
    {
        RunPlan plan = new(
            benchmark, new DataFolder(parsed.GetValue(options.Data)!.FullName), EvalOptions.ProfileOf(parsed.GetValue(options.Profile), benchmark),
            Shard.Parse(parsed.GetValue(options.Shard)!), parsed.GetValue(options.Limit), parsed.GetValue(options.AllowMissing));
        string leftOut = plan.LeftOut > 0 ? $", {plan.LeftOut} left out for want of their picture" : "";
        Console.Error.WriteLine($"{benchmark.Name}: {plan.Questions.Count} questions in part {plan.Shard}{leftOut}");
        return plan;
    }

    private static async Task WithEngineAsync(RunPlan[] plans, ParseResult parsed, Options options, CancellationToken cancel)
    {
        string folder = DefaultCheckpoint.Resolve(parsed.GetValue(options.Model));
        using ModelSource source = ModelSource.Open(
            folder, parsed.GetValue(options.DType)!, parsed.GetValue(options.Device)!, weights: parsed.GetValue(options.Weights)!);
        IReadOnlyList<MergeSpec> settings = Settings(parsed, options, source.Description.MergeShape);
        using ChatPreparer preparer = new(source.Tokenizer, source.Preprocessor, source.Description);
        await using EngineGroup engines = await EngineGroup.StartAsync(source, parsed.GetValue(options.Batch), parsed.GetValue(options.Engines), cancel);
        EngineAnswerer answerer = new(source, folder, engines, preparer);
        await RunAsync(plans, settings, answerer, parsed.GetValue(options.Out)!.FullName, cancel);
    }

    private static async Task RunAsync(RunPlan[] plans, IReadOnlyList<MergeSpec> settings, IAnswerer answerer, string run, CancellationToken cancel)
    {
        foreach (RunPlan plan in plans)
        {
            BenchmarkRun benchmark = new(plan, answerer, plan.OpenScorer(), run);
            await EvalProgress.ShowAsync(plan.Benchmark.Name, progress => benchmark.RunAsync(settings, progress, cancel));
        }
    }

    private static IReadOnlyList<MergeSpec> Settings(ParseResult parsed, Options options, MergeShape? shape = null) =>
        MergeSpecList.Parse(parsed.GetValue(options.Merge)!, shape);
}
