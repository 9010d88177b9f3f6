using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Spectre.Console;
using Vlm.Api;
using Vlm.Bench;
using Vlm.Core.Weights;
using Vlm.Torch.Native;
using static TorchSharp.torch;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm doctor</c>: what is installed, what it can do, what would fit.</summary>
internal static class DoctorCommand
{
    private const double GiB = 1L << 30;

    public static Command Create()
    {
        Command command = new("doctor", """
            What is installed, which libtorch, devices, memory, measured GEMM and bandwidth peaks, what would fit.

            Example:
              ./vlm doctor
            """);
        command.SetAction((_, _) => Task.FromResult(Run()));
        return command;
    }

    private static int Run()
    {
        double memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        MachinePeaks peaks = MachinePeaks.Measure();
        Table table = new Table().AddColumns("what", "found").Border(TableBorder.Simple);
        table.AddRow(".NET", RuntimeInformation.FrameworkDescription);
        table.AddRow("system", $"{RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}");
        table.AddRow("libtorch", Markup.Escape($"{__version__} {NativeLibraryLoader.Find("vlmtorch")}"));
        table.AddRow("libvips, SentencePiece", Markup.Escape($"{NativeLibraryLoader.Find("vlmmedia")}"));
        table.AddRow("processors", $"{Environment.ProcessorCount}, libtorch uses {get_num_threads()}, {Features()}");
        table.AddRow("CUDA devices", cuda.is_available() ? $"{cuda.device_count()}" : "none");
        table.AddRow("memory", Text($"{memory / GiB:0.0} GiB"));
        table.AddRow("sgemm peak", Text($"{peaks.BlasGflops:0} GFLOP/s, own kernels {peaks.OwnGflops:0}"));
        table.AddRow("read bandwidth", Text($"{peaks.ReadGigabytes:0.0} GB/s"));
        foreach (CheckpointPreset preset in CheckpointPreset.All)
        {
            long parameters = ModelParameters.Count(preset.Config(preset.Text.VocabSize, TensorDType.F16));
            table.AddRow($"would {preset.Name} fit?", Fits(parameters, memory));
        }

        AnsiConsole.Write(table);
        return ExitCode.Done;
    }

    private static string Features() => (Avx512F.IsSupported, Avx2.IsSupported) switch
    {
        (true, _) => "AVX-512",
        (_, true) => "AVX2",
        _ => "no AVX2",
    };

    private static string Fits(long parameters, double memory)
    {
        string Answer(int bytes) => parameters * (double)bytes < 0.9 * memory ? "yes" : "no";
        return Text($"float32 {Answer(4)} ({4 * parameters / GiB:0.0} GiB), 16-bit {Answer(2)} ({2 * parameters / GiB:0.0} GiB)");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
