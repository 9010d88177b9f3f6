namespace Vlm.Core.Imaging;

/// <summary>Why a picture was refused.</summary>
public enum ImageErrorReason
{
    Empty,
    UnknownFormat,
    FormatNotAllowed,
    Truncated,
    Corrupt,
    TooManyPixels,
    TooManyBytes,
    TooManyFrames,
    ZeroSize,
}

/// <summary>A picture that cannot be used; the message names what was expected and what was found.</summary>
public sealed class ImageException(ImageErrorReason reason, string message, Exception? inner = null)
    : FormatException(message, inner)
{
    /// <summary>The kind of refusal, for status codes and tests.</summary>
    public ImageErrorReason Reason { get; } = reason;

    internal static ImageException Of(
        ImageErrorReason reason, string expected, string found, Exception? inner = null) =>
        new(reason, $"picture: expected {expected}, found {found}.", inner);

    internal static ImageException Truncated(string format, string found, Exception? inner = null) =>
        Of(ImageErrorReason.Truncated, $"a complete {format} file", found, inner);

    internal static ImageException Corrupt(string format, string found, Exception? inner = null) =>
        Of(ImageErrorReason.Corrupt, $"valid {format} data", found, inner);

    internal static ImageException NotAllowed(string expected, string found, Exception? inner = null) =>
        Of(ImageErrorReason.FormatNotAllowed, expected, found, inner);
}
