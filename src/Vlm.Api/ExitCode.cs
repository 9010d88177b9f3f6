using Microsoft.Extensions.Options;

namespace Vlm.Api;

/// <summary>Exit codes of the program and of the server, and which failure has which (interface.md section 1).</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>Something failed, or a check did not hold.</summary>
    public const int Failed = 1;

    /// <summary>Wrong usage, bad options, bad files.</summary>
    public const int BadInput = 2;

    public const int Interrupted = 130;

    /// <summary>The code of a failure: bad input where what the user gave is the cause, failed for the rest, such as a full disk or an address in
    /// use.</summary>
    public static int Of(Exception failure) => failure
        is OptionsValidationException
        or ArgumentException
        or FormatException
        or InvalidDataException
        or NotSupportedException
        or FileNotFoundException
        or DirectoryNotFoundException
        or PathTooLongException
        or UnauthorizedAccessException
        ? BadInput
        : Failed;
}
