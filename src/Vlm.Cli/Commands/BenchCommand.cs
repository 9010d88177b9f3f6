using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Spectre.Console;
using Vlm.Api;
using Vlm.Bench;
using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm bench ...</c>: speed against this machine's measured peaks.</summary>
internal static class BenchCommand
{
    public static Command Create() => new("bench", "Speed against this machine's own peaks, measured in the same run.") { Engine(), BenchMergeCommand.Create(), BenchServeCommand.Create(), Resize(), Soak() };

    private static Command Engine()
    {
        Option<DirectoryInfo?> model = CommonOptions.Model();
        Option<string> dtype = CommonOptions.DType();
        Option<string> weights = CommonOptions.Weights();
        Option<string> device = CommonOptions.Device();
        Option<string> merge = new("--merge") { Description = "Setting to compare with none.", DefaultValueFactory = _ => "pitome:0.9" };
        Option<int> repetitions = new("--repetitions") { Description = "Timed runs per row; the median is printed.", DefaultValueFactory = _ => 5 };
        Option<string> only = new("--only") { Description = "all, model (encode to decode), decode, kernels, or plan (what batch sizes cost).", DefaultValueFactory = _ => "all" };
        only.AcceptOnlyFromAmong("all", "model", "decode", "kernels", "plan");
        Command command = new("engine", """
            Encode, prefill and decode of a checkpoint: time, GFLOP/s or GB/s, share of the peak measured in the same run.

            Examples:
              ./vlm new-checkpoint /tmp/clipL-1b --preset clipL-1b
              ./vlm bench engine --model /tmp/clipL-1b
              ./vlm bench engine --model /tmp/clipL-1b --weights int8 --only decode
            """)
        {
            model, dtype, weights, device, merge, repetitions, only,
        };
        command.SetAction((parsed, _) =>
        {
            Run(DefaultCheckpoint.Resolve(parsed.GetValue(model)),
                ComputeTarget.Parse(parsed.GetValue(dtype)!, parsed.GetValue(device)!, parsed.GetValue(weights)!),
                MergeSpec.Parse(parsed.GetValue(merge)!), parsed.GetValue(repetitions), parsed.GetValue(only)!);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static Command Resize()
    {
        Option<int> turns = new("--turns") { Description = "Timed turns; medians are printed.", DefaultValueFactory = _ => 21 };
        Command command = new("resize", """
            Our resize to CLIP's 336 pixels against libvips' own, one thread each, in turn.

            Example:
              ./vlm bench resize
            """)
        {
            turns,
        };
        command.SetAction(parsed =>
        {
            MarkdownTable.Write(["picture", "against", "ours, ms", "theirs, ms", "ours / theirs"], ResizeBench.Run(parsed.GetValue(turns)).Select(row => new[]
            {
                row.Picture, row.Rival, Number(row.OurSeconds * 1e3), Number(row.RivalSeconds * 1e3), Number(row.Ratio),
            }));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static Command Soak()
    {
        Option<DirectoryInfo?> model = CommonOptions.Model();
        Option<string> dtype = CommonOptions.DType();
        Option<string> device = CommonOptions.Device();
        Option<int> requests = new("--requests") { Description = "Requests in all.", DefaultValueFactory = _ => 500 };
        Option<int> pictures = new("--pictures") { Description = "Different pictures.", DefaultValueFactory = _ => 100 };
        Command command = new("soak", """
            Live tensors and resident memory over many requests with mixed merge settings; both must level off.

            Example:
              ./vlm bench soak --requests 500 --pictures 100
            """)
        {
            model, dtype, device, requests, pictures,
        };
        command.SetAction(async (parsed, _) =>
        {
            string folder = DefaultCheckpoint.Resolve(parsed.GetValue(model));
            using ModelSource source = ModelSource.Open(folder, parsed.GetValue(dtype)!, parsed.GetValue(device)!);
            await using VlmEngine engine = VlmEngine.Start(source, new EngineOptions());
            await engine.Ready;
            Console.WriteLine("| requests | live tensors | resident MB | answer tokens/s |\n|---|---|---|---|");
            await foreach (SoakRow row in new SoakBench(engine, source.Tokenizer.BosId, parsed.GetValue(pictures)).RunAsync(parsed.GetValue(requests)))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"| {row.Requests} | {row.LiveTensors} | {row.ResidentBytes / 1e6:0} | {row.TokensPerSecond:0} |"));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void Run(string folder, ComputeTarget target, MergeSpec merge, int repetitions, string only)
    {
        if (target.Device.type != TorchSharp.DeviceType.CPU)
        {
            Console.WriteLine("peaks below are the CPU's; shares mean nothing on another device");
        }

        MachinePeaks peaks = MachinePeaks.Measure();
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        long start = Stopwatch.GetTimestamp();
        using Llava model = Llava.Load(checkpoint, target.DType, target.Device, target.Weights);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{folder}, weights {model.Language.WeightDType.ToString().ToLowerInvariant()}, arithmetic {target.DType.ToString().ToLowerInvariant()}, {get_num_threads()} threads, loaded in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} s; sgemm peak {peaks.BlasGflops:0} GFLOP/s, own kernels {peaks.OwnGflops:0}, read {peaks.ReadGigabytes:0.0} GB/s"));
        Table table = new Table().AddColumns("step", "ms", "spread", "rate", "share").Border(TableBorder.Markdown);
        using EngineBenchTimer timer = new(peaks, repetitions);
        EngineBench engine = new(model, timer);
        IEnumerable<BenchRow> kernels = new EngineBenchKernels(model, timer).Run();
        IEnumerable<BenchRow> rows = only switch
        {
            "model" => engine.Run(merge),
            "decode" => engine.Decodes(merge),
            "kernels" => kernels,
            "plan" => new EnginePlanBench(model, engine, timer).Run(),
            _ => engine.Run(merge).Concat(kernels),
        };
        foreach (BenchRow row in rows)
        {
            table.AddRow(Cells(row));
        }

        AnsiConsole.Write(table);
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"resident {self.WorkingSet64 / 1e9:0.00} GB, peak {self.PeakWorkingSet64 / 1e9:0.00} GB"));
    }

    private static string[] Cells(BenchRow row) =>
    [
        Markup.Escape(row.Step),
        (row.Seconds * 1e3).ToString("0.0", CultureInfo.InvariantCulture),
        row.Spread.ToString("0 %", CultureInfo.InvariantCulture),
        row.Rate,
        row.Share.ToString("0.0 %", CultureInfo.InvariantCulture),
    ];
}
