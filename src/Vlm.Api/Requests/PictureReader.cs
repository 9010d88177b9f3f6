using System.Globalization;
using Vlm.Api.Fetching;
using Vlm.Core.Imaging;

namespace Vlm.Api.Requests;

/// <summary>Pictures of a request to their bytes; what they hold is for the decoder to judge.</summary>
/// <param name="limits">Bounds of size.</param>
/// <param name="faults">Takes what is wrong.</param>
/// <param name="fetched">The pictures by URL; none where the server fetches none.</param>
internal sealed class PictureReader(
    ImageLimits limits, RequestFaults faults, IReadOnlyDictionary<string, FetchedPicture>? fetched = null)
{
    private const string DataScheme = "data:";

    /// <summary>Bytes of a picture given as base64 or as a <c>data:</c> URL; empty after a fault.</summary>
    public byte[] Read(string source, string path)
    {
        if (source.StartsWith(DataScheme, StringComparison.OrdinalIgnoreCase))
        {
            int comma = source.IndexOf(',', StringComparison.Ordinal);
            return comma > 0 && source.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)
                ? Decode(source.AsSpan(comma + 1), path)
                : Refuse(path, "expected a data: URL with base64, found one without.");
        }

        return IsUrl(source) ? Fetched(source, path) : Decode(source, path);
    }

    /// <summary>Bytes of an uploaded picture; empty after a fault.</summary>
    public byte[] Read(IFormFile file, string path)
    {
        if (file.Length > limits.MaxBytes)
        {
            return RefuseSize(path, file.Length);
        }

        using Stream content = file.OpenReadStream();
        byte[] bytes = new byte[file.Length];
        content.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Notes which files are no pictures, where a request is refused anyway: it shall hear of everything at once. Empty ones are
    /// those with a fault.</summary>
    public static void NoteNoPictures(
        IReadOnlyList<string> paths, IReadOnlyList<byte[]> files, ImageLimits limits, RequestFaults faults)
    {
        foreach ((string path, byte[] file) in faults.IsEmpty ? [] : paths.Zip(files).Where(p => p.Second.Length > 0))
        {
            try
            {
                ImageDecoder.CheckFormat(file, limits);
            }
            catch (ImageException wrong)
            {
                faults.Add(path, wrong.Message, wrong.Reason.Kind());
            }
        }
    }

    private byte[] Fetched(string url, string path) => fetched?.GetValueOrDefault(url) switch
    {
        null => Refuse(path, "URLs are not fetched by this server; expected base64 or a data: URL.", FaultKind.Refused),
        { Fault: { } fault, Kind: var kind } => Refuse(path, fault, kind),
        var picture => picture.Bytes,
    };

    /// <summary>Whether a picture is given by a URL that is not <c>data:</c>.</summary>
    public static bool IsUrl(string source)
    {
        int scheme = source.AsSpan(0, Math.Min(source.Length, 32)).IndexOf("://", StringComparison.Ordinal);
        return scheme > 0 && Uri.CheckSchemeName(source[..scheme]);
    }

    private byte[] Decode(ReadOnlySpan<char> base64, string path)
    {
        long size = base64.Length / 4L * 3;
        if (size - 2 > limits.MaxBytes)
        {
            return RefuseSize(path, size);
        }

        byte[] bytes = new byte[(base64.Length / 4 * 3) + 3];
        return base64.Length > 0 && Convert.TryFromBase64Chars(base64, bytes, out int written)
            ? bytes[..written]
            : Refuse(path, $"expected base64, found {(base64.Length > 0 ? "other characters or a wrong length" : "nothing")}.");
    }

    private byte[] RefuseSize(string path, long size) => Refuse(
        path,
        string.Create(CultureInfo.InvariantCulture, $"expected at most {limits.MaxBytes} bytes, found {size}."),
        FaultKind.TooLarge);

    private byte[] Refuse(string path, string message, FaultKind kind = FaultKind.Invalid)
    {
        faults.Add(path, message, kind);
        return [];
    }
}
