using Microsoft.Extensions.Options;

namespace Vlm.Api;

/// <summary>Why the server did not come up, as one line and an exit code.</summary>
internal static class StartFailure
{
    /// <summary>Writes the line; details are in the log at debug level.</summary>
    /// <returns>The exit code.</returns>
    public static int Report(Exception failure, TextWriter error)
    {
        string reason = failure is OptionsValidationException options ? string.Join(" ", options.Failures) : failure.Message;
        error.WriteLine($"vlm: {reason.ReplaceLineEndings(" ")}");
        return ExitCode.Of(failure);
    }
}
