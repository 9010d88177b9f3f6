using Microsoft.Extensions.Options;

namespace Vlm.Api;

/// <summary>Why the server did not come up, as one line and an exit code.</summary>
internal static class StartFailure
{
    private const int Failed = 1;
    private const int BadInput = 2;

    /// <summary>Writes the line; details are in the log at debug level.</summary>
    /// <returns>The exit code: 2 for what the user gave (options, checkpoint), 1 for the rest.</returns>
    public static int Report(Exception failure, TextWriter error)
    {
        string reason = failure is OptionsValidationException options ? string.Join(" ", options.Failures) : failure.Message;
        error.WriteLine($"vlm: {reason.ReplaceLineEndings(" ")}");
        return failure is OptionsValidationException or FormatException || IsBadCheckpoint(failure) ? BadInput : Failed;
    }

    /// <summary>Whether a checkpoint could not be read for what its folder holds.</summary>
    public static bool IsBadCheckpoint(Exception failure) => failure
        is InvalidDataException
        or FileNotFoundException
        or DirectoryNotFoundException
        or UnauthorizedAccessException
        or NotSupportedException
        or ArgumentException;
}
