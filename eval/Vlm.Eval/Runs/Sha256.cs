using System.Security.Cryptography;
using System.Text;

namespace Vlm.Eval.Runs;

/// <summary>Hashes for manifests, lower-case hexadecimal.</summary>
internal static class Sha256
{
    /// <summary>A file's content.</summary>
    public static string OfFile(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Names and contents of the files of a folder, subfolders left out.</summary>
    public static string OfFolder(string folder) => OfText(string.Concat(
        Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(file => $"{Path.GetFileName(file)} {OfFile(file)}\n")));

    public static string OfText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
