namespace Vlm.Core.Weights;

/// <summary>Why a <c>.bin</c> file is refused (llava.md 10.3).</summary>
public enum TorchPickleError
{
    /// <summary>Not a zip archive: older files, or something else.</summary>
    NotZip,

    /// <summary>The archive contradicts itself or is cut off.</summary>
    CorruptZip,

    /// <summary>An entry is compressed or encrypted, which PyTorch never writes.</summary>
    CompressedEntry,

    /// <summary>No or several <c>data.pkl</c>, big-endian, or too large.</summary>
    NotACheckpoint,

    /// <summary>The pickle names a function or class outside the allowed list.</summary>
    ForbiddenGlobal,

    /// <summary>The pickle uses an instruction that state dictionaries do not need.</summary>
    ForbiddenOpcode,

    /// <summary>The pickle is cut off or its stack does not fit its instructions.</summary>
    Malformed,

    /// <summary>A tensor reaches outside its storage, or a storage does not match its entry.</summary>
    BadStorage,
}

/// <summary>Refusals of the pickle reader: plain <see cref="InvalidDataException"/>s (the class is sealed) that also
/// carry their reason.</summary>
public static class TorchPickleErrors
{
    /// <summary>Why the file was refused, or null for an error of other origin. Nothing of the file was run in any
    /// case.</summary>
    public static TorchPickleError? TorchPickleReason(this InvalidDataException error) =>
        error.Data[nameof(TorchPickleError)] as TorchPickleError?;

    internal static InvalidDataException Refuse(
        TorchPickleError reason, string subject, string expected, string found, string file)
    {
        string phrase = reason switch
        {
            TorchPickleError.NotZip => "not a zip archive",
            TorchPickleError.CorruptZip => "corrupt zip archive",
            TorchPickleError.CompressedEntry => "compressed entry",
            TorchPickleError.NotACheckpoint => "not a PyTorch checkpoint",
            TorchPickleError.ForbiddenGlobal => "a global outside the allowed list; nothing was run",
            TorchPickleError.ForbiddenOpcode => "an instruction outside the allowed list; nothing was run",
            TorchPickleError.Malformed => "malformed pickle",
            TorchPickleError.BadStorage => "bad storage",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
        };
        return new($"{subject}: refused: {phrase}: expected {expected}, found {found} in {file}.")
        {
            Data = { [nameof(TorchPickleError)] = reason },
        };
    }
}
