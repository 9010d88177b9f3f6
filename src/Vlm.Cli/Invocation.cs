using System.CommandLine;
using System.Runtime.InteropServices;
using TorchSharp;
using Vlm.Api;
using Vlm.Cli.Commands;

namespace Vlm.Cli;

/// <summary>Runs a command line and turns every outcome into an exit code.</summary>
internal static class Invocation
{
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"vlm: {UsageError(parsed)} See vlm --help.");
            return ExitCode.BadInput;
        }

        using CancellationTokenSource interrupt = new();
        bool endsItself = parsed.CommandResult.Command.Name == ServeCommand.Name; // after running answers
        using PosixSignalRegistration? keys = endsItself ? null : CancelOn(PosixSignal.SIGINT, interrupt);
        using PosixSignalRegistration? orchestrator = endsItself ? null : CancelOn(PosixSignal.SIGTERM, interrupt);

        try
        {
            if (parsed.GetValue(CommonOptions.Threads) is { } threads)
            {
                torch.set_num_threads(threads);
            }

            InvocationConfiguration settings = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            Task<int> run = Task.Run(() => parsed.InvokeAsync(settings, interrupt.Token));
            await Task.WhenAny(run, GraceAsync(interrupt.Token));
            return run.IsCompleted ? await run : ExitCode.Interrupted;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
#pragma warning disable CA1031 // The last place that can turn an error into one line and an exit code.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Console.Error.WriteLine("vlm: " + (parsed.GetValue(CommonOptions.Verbose) ? e.ToString() : OneLine(e.Message)));
            return ExitCode.Of(e);
        }
    }

    private static PosixSignalRegistration CancelOn(PosixSignal signal, CancellationTokenSource interrupt) =>
        PosixSignalRegistration.Create(signal, sent =>
        {
            sent.Cancel = !interrupt.IsCancellationRequested; // a second time ends at once
            interrupt.Cancel();
        });

    /// <summary>Ends some time after an interruption: work that does not look at its token is left behind then.</summary>
    private static async Task GraceAsync(CancellationToken interrupted)
    {
        await Task.Delay(Timeout.Infinite, interrupted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(TimeSpan.FromSeconds(2), CancellationToken.None);
    }

    /// <summary>What is wrong with the command line; a word that means nothing says more than the command that it stands in for.</summary>
    private static string UsageError(ParseResult parsed) => parsed.UnmatchedTokens is [var word, ..]
        ? $"command line: expected a command or option, found '{word}'."
        : OneLine(parsed.Errors[0].Message);

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
