using Vlm.Core.Imaging;

namespace Vlm.Api.Requests;

/// <summary>Why a request is refused; the number is the HTTP status.</summary>
public enum FaultKind
{
    /// <summary>Malformed, or out of range.</summary>
    Invalid = 400,

    /// <summary>Names something that is not there.</summary>
    Unknown = 404,

    /// <summary>Over a limit of size.</summary>
    TooLarge = 413,

    /// <summary>Understood, but not done here.</summary>
    Refused = 422,
}

/// <summary>How refused pictures are answered.</summary>
internal static class PictureFaults
{
    /// <summary>The answer to a picture that is refused for this reason.</summary>
    public static FaultKind Kind(this ImageErrorReason reason) => reason switch
    {
        ImageErrorReason.TooManyBytes or ImageErrorReason.TooManyPixels or ImageErrorReason.TooManyFrames => FaultKind.TooLarge,
        ImageErrorReason.FormatNotAllowed => FaultKind.Refused,
        _ => FaultKind.Invalid,
    };
}

/// <summary>Collects everything that is wrong with a request, by the path of the field, so that one answer lists all of it.</summary>
internal sealed class RequestFaults
{
    /// <summary>A hostile body can hold millions of faults; this many are listed.</summary>
    public const int MaxListed = 100;

    /// <summary>And of one field, which a body may name again and again.</summary>
    public const int MaxOfField = 10;

    private readonly SortedDictionary<string, List<string>> _messages = new(StringComparer.Ordinal);
    private FaultKind? _kind;

    /// <summary>Whether nothing is wrong so far.</summary>
    public bool IsEmpty => _messages.Count == 0;

    /// <summary>Whether this field, or something inside it, is already known to be wrong.</summary>
    public bool Has(string path) => _messages.Keys.Any(
        known => known.StartsWith(path, StringComparison.Ordinal) && (known.Length == path.Length || known[path.Length] is '.' or '['));

    /// <summary>Notes one fault. A malformed field weighs more than one that is unknown, too large or refused.</summary>
    public void Add(string path, string message, FaultKind kind = FaultKind.Invalid)
    {
        _kind = _kind is { } known && known < kind ? known : kind;
        if (_messages.TryGetValue(path, out List<string>? messages))
        {
            if (messages.Count < MaxOfField)
            {
                messages.Add(message);
            }
        }
        else if (_messages.Count < MaxListed)
        {
            _messages.Add(path, [message]);
        }
    }

    /// <summary>Notes a model that is not the loaded one.</summary>
    public void CheckModel(string? asked, string loaded)
    {
        if (asked is not null && asked != loaded)
        {
            Add("model", $"expected {loaded}, found '{JsonScalars.Short(asked)}'.", FaultKind.Unknown);
        }
    }

    /// <summary>Ends the request when anything was noted.</summary>
    /// <exception cref="RequestException">Something is wrong.</exception>
    public void ThrowIfAny()
    {
        if (_kind is { } kind)
        {
            throw new RequestException(kind, _messages.ToDictionary(m => m.Key, m => m.Value.ToArray()));
        }
    }
}

/// <summary>A request that is refused for what it says; carries the faults by field.</summary>
public sealed class RequestException : Exception
{
    /// <summary>A refusal for these faults.</summary>
    public RequestException(FaultKind kind, IReadOnlyDictionary<string, string[]> errors)
        : base(Describe(errors))
    {
        (Kind, Errors) = (kind, errors);
    }

    /// <summary>A refusal for one fault of one field.</summary>
    public RequestException(FaultKind kind, string path, string message)
        : this(kind, new Dictionary<string, string[]> { [path] = [message] })
    {
    }

    /// <summary>Why it is refused.</summary>
    public FaultKind Kind { get; }

    /// <summary>Messages by the path of the field.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; }

    private static string Describe(IReadOnlyDictionary<string, string[]> errors)
    {
        (string path, string[] messages) = errors.First();
        string others = errors.Count > 1 ? $" And {errors.Count - 1} more in errors." : "";
        return $"{path}: {messages[0]}{others}";
    }
}
