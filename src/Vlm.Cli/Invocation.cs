using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;
using Vlm.Api;
using Vlm.Cli.Commands;

namespace Vlm.Cli;

/// <summary>Runs a command line and turns every outcome into an exit code.</summary>
internal static partial class Invocation
{
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (UsageError(parsed) is { } wrong)
        {
            Say($"{wrong} See vlm --help.");
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
            Say(parsed.GetValue(CommonOptions.Verbose) ? e.ToString() : OneLine(e.Message));
            return ExitCode.Of(e);
        }
    }

    private static void Say(string error)
    {
        try
        {
            Console.Error.WriteLine("vlm: " + error);
        }
        catch (IOException)
        {
            // Standard error goes to a full disk: the exit code still tells.
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
    private static string? UsageError(ParseResult parsed)
    {
        if (StrayOption(parsed) is { } option)
        {
            return $"command line: expected a known option, or -- before an argument of this form, found '{option}'.";
        }

        return parsed.Errors is not [var error, ..] ? null
            : parsed.UnmatchedTokens is [var word, ..] ? $"command line: expected a command or option, found '{word}'."
            : WithSubject(error);
    }

    /// <summary>A mistyped option, which the parser takes for the value of an argument.</summary>
    private static string? StrayOption(ParseResult parsed) => parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash) ? null
        : parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(OptionForm().IsMatch);

    /// <summary>The parser's message, which does not always say what it is about.</summary>
    private static string WithSubject(ParseError error)
    {
        string message = OneLine(error.Message);
        string? subject = error.SymbolResult switch
        {
            OptionResult option => option.Option.Name,
            ArgumentResult argument => argument.Argument.Name,
            _ => null,
        };
        return subject is null || message.Contains(subject, StringComparison.Ordinal) ? message : $"{subject}: {message}";
    }

    private static string OneLine(string message) => WhiteSpace().Replace(message, " ").Trim();

    [GeneratedRegex(@"^--?[A-Za-z]\S*$")]
    private static partial Regex OptionForm();

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
