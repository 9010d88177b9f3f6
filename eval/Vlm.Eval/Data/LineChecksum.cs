using System.Security.Cryptography;
using System.Text;

namespace Vlm.Eval.Data;

/// <summary>A checksum as the last field of an answer line: SHA-256 of what stands before it, 16 digits.</summary>
internal static class LineChecksum
{
    private const int Digits = 16;
    private const string Field = ",\"checksum\":\"";

    /// <summary>The line with its checksum.</summary>
    /// <param name="line">A JSON object without line end.</param>
    public static string Append(string line)
    {
        string body = line[..^1];
        return $"{body}{Field}{Of(body)}\"}}";
    }

    /// <summary>Refuses a record whose checksum is wrong; one without a checksum, from elsewhere, passes.</summary>
    /// <exception cref="InvalidDataException">The line was changed after it was written.</exception>
    public static void Check(JsonRecord record)
    {
        string line = record.Value.GetRawText();
        int at = line.LastIndexOf(Field, StringComparison.Ordinal);
        if (at >= 0 && line != Append(line[..at] + "}"))
        {
            throw record.Error("checksum", Of(line[..at]), record.OptionalText("checksum") ?? "none");
        }
    }

    private static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Digits];
}
