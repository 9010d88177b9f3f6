using System.Text.Json;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using static TorchSharp.torch;

namespace Vlm.Eval.Golden;

/// <summary>Broken and hostile files of <c>bad/index.json</c>: each must load or be refused for the reason given there.</summary>
internal static class HostileChecks
{
    private const string Ok = "ok";

    /// <summary>One check per file of the index.</summary>
    public static IEnumerable<CheckResult> Run(string folder, Glob only)
    {
        string bad = Path.Combine(folder, "bad");
        string index = Path.Combine(bad, "index.json");
        if (!File.Exists(index))
        {
            yield break;
        }

        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(index));
        foreach (JsonProperty kind in document.RootElement.EnumerateObject())
        {
            foreach (JsonProperty file in kind.Value.EnumerateObject())
            {
                string name = $"bad/{kind.Name}/{file.Name}";
                string expected = file.Value.GetString()!;
                if (only.Matches(name))
                {
                    string path = Path.Combine(bad, kind.Name, file.Name);
                    yield return CheckResult.Of(name, () => Check(kind.Name, path, expected));
                }
            }
        }
    }

    private static string Check(string kind, string path, string expected)
    {
        Action open = kind switch
        {
            "safetensors" => () => OpenSafetensors(path),
            "images" => () => ImageDecoder.Decode(File.ReadAllBytes(path), new ImageLimits(), applyExif: true),
            "pickle" => () => TorchPickleFile.Open(path).Dispose(),
            "checkpoints" => () => OpenCheckpoint(path),
            _ => throw new SkippedException($"{kind}: no reader for this kind of file"),
        };
        Exception? refusal = Refusal(open);
        if (expected.StartsWith(Ok, StringComparison.Ordinal) || expected.StartsWith("loads", StringComparison.Ordinal))
        {
            return refusal is null ? Ok : throw new MismatchException($"expected {expected}, found a refusal: {refusal.Message}");
        }

        if (refusal is null)
        {
            throw new MismatchException($"expected a refusal ({expected}), found none");
        }

        RequireReason(kind, expected, refusal);
        return "refused: " + refusal.Message;
    }

    private static void RequireReason(string kind, string expected, Exception refusal)
    {
        bool matches = (kind, refusal) switch
        {
            ("safetensors", InvalidDataException) => refusal.Message.Contains(expected, StringComparison.OrdinalIgnoreCase),
            ("images", ImageException image) => Reasons(expected).Contains(image.Reason),
            (_, InvalidDataException or FileNotFoundException) => true,
            _ => false,
        };
        if (!matches)
        {
            throw new MismatchException($"reason: expected {expected}, found {refusal.GetType().Name}: {refusal.Message}");
        }
    }

    private static ImageErrorReason[] Reasons(string expected) => expected switch
    {
        _ when expected.Contains("empty", StringComparison.Ordinal) => [ImageErrorReason.Empty],
        _ when expected.Contains("unknown format", StringComparison.Ordinal) => [ImageErrorReason.UnknownFormat],
        _ when expected.Contains("not allowed", StringComparison.Ordinal) => [ImageErrorReason.FormatNotAllowed],
        _ when expected.Contains("truncated", StringComparison.Ordinal) => [ImageErrorReason.Truncated],
        _ when expected.Contains("too many pixels", StringComparison.Ordinal) => [ImageErrorReason.TooManyPixels],
        _ when expected.Contains("too many frames", StringComparison.Ordinal) => [ImageErrorReason.TooManyFrames],
        _ when expected.Contains("zero", StringComparison.Ordinal) => [ImageErrorReason.ZeroSize],
        _ => [ImageErrorReason.Corrupt],
    };

    private static Exception? Refusal(Action open)
    {
        try
        {
            open();
            return null;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or FormatException)
        {
            return e;
        }
    }

    private static void OpenSafetensors(string path)
    {
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (string name in file.Entries.Keys)
        {
            file.Get(name);
        }
    }

    private static void OpenCheckpoint(string folder)
    {
        using var scope = NewDisposeScope();
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        using Llava model = Llava.Load(checkpoint, ScalarType.Float32, CPU);
    }
}
