namespace Vlm.Core.Weights;

/// <summary>Which rule of the format a safetensors file breaks (llava.md 10.4).</summary>
public enum SafetensorsError
{
    HeaderTooSmall,
    HeaderTooLarge,
    InvalidHeaderLength,
    InvalidUtf8,
    InvalidStart,
    InvalidJson,
    MetadataNotString,
    DuplicateName,
    InvalidEntry,
    UnknownDType,
    NegativeDimension,
    BeginAfterEnd,
    SizeOverflow,
    MisalignedSubByte,
    SizeMismatch,
    OffsetsOverlap,
    OffsetsGap,
    TrailingBytes,
    Truncated,
}

/// <summary>Errors of the safetensors reader: plain <see cref="InvalidDataException"/>s (the class is sealed) that also
/// carry their reason.</summary>
public static class SafetensorsErrors
{
    /// <summary>The broken rule, or null for an error of other origin.</summary>
    public static SafetensorsError? SafetensorsReason(this InvalidDataException error) =>
        error.Data[nameof(SafetensorsError)] as SafetensorsError?;

    internal static InvalidDataException Create(
        SafetensorsError reason, string subject, string expected, string found, string file)
    {
        string prefix = subject.Length == 0 ? "" : $"{subject}: ";
        return new($"{prefix}{Phrase(reason)}: expected {expected}, found {found} in {file}.")
        {
            Data = { [nameof(SafetensorsError)] = reason },
        };
    }

    private static string Phrase(SafetensorsError reason) => reason switch
    {
        SafetensorsError.HeaderTooSmall => "header too small",
        SafetensorsError.HeaderTooLarge => "header too large",
        SafetensorsError.InvalidHeaderLength => "invalid header length",
        SafetensorsError.InvalidUtf8 => "invalid UTF-8",
        SafetensorsError.InvalidStart => "header does not start with {",
        SafetensorsError.InvalidJson => "invalid JSON",
        SafetensorsError.MetadataNotString => "metadata value is not a string",
        SafetensorsError.DuplicateName => "duplicate tensor name",
        SafetensorsError.InvalidEntry => "invalid entry",
        SafetensorsError.UnknownDType => "unknown dtype",
        SafetensorsError.NegativeDimension => "negative dimension",
        SafetensorsError.BeginAfterEnd => "begin after end",
        SafetensorsError.SizeOverflow => "size overflows",
        SafetensorsError.MisalignedSubByte => "sub-byte tensor does not fill whole bytes",
        SafetensorsError.SizeMismatch => "shape does not match bytes",
        SafetensorsError.OffsetsOverlap => "offsets overlap",
        SafetensorsError.OffsetsGap => "offsets leave a gap",
        SafetensorsError.TrailingBytes => "bytes after the last tensor",
        SafetensorsError.Truncated => "data shorter than offsets",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
