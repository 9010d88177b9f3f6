namespace Vlm.Eval.Golden;

/// <summary>How one comparison with the golden data ended.</summary>
public enum CheckOutcome
{
    /// <summary>Equal within the tolerance that the data's README states.</summary>
    Passed,

    /// <summary>Different, or an unexpected error.</summary>
    Failed,

    /// <summary>Not comparable in this build or precision; the detail says why.</summary>
    Skipped,
}

/// <summary>One line of <c>./vlm verify</c>.</summary>
/// <param name="Name">Place in the golden folder, such as <c>cases/00-tiny-336-none</c>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">Measured difference, or what was expected and found.</param>
public sealed record CheckResult(string Name, CheckOutcome Outcome, string Detail)
{
    /// <summary>Runs a comparison that throws <see cref="MismatchException"/> on a difference and returns its summary otherwise.</summary>
    public static CheckResult Of(string name, Func<string> compare) =>
        OfAsync(name, () => Task.FromResult(compare())).GetAwaiter().GetResult();

    /// <summary>The same for a comparison that waits.</summary>
    public static async Task<CheckResult> OfAsync(string name, Func<Task<string>> compare)
    {
        ArgumentNullException.ThrowIfNull(compare);
        try
        {
            return new CheckResult(name, CheckOutcome.Passed, await compare());
        }
        catch (SkippedException e)
        {
            return new CheckResult(name, CheckOutcome.Skipped, e.Message);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever goes wrong in one comparison is that comparison's failure; the others still run.
        catch (Exception e)
#pragma warning restore CA1031
        {
            string kind = e is MismatchException ? "" : $"{e.GetType().Name}: ";
            return new CheckResult(name, CheckOutcome.Failed, kind + e.Message);
        }
    }
}

/// <summary>A result that differs from the golden data; the message says subject, expected, found.</summary>
public sealed class MismatchException(string message) : Exception(message);

/// <summary>A comparison that this build or precision cannot make; the message says why.</summary>
public sealed class SkippedException(string message) : Exception(message);
