using System.Text.Json;
using Vlm.Core.Imaging;
using Vlm.Testing;

namespace Vlm.Core.Tests.Imaging;

/// <summary>Every hostile picture of shared/golden/bad against the reason it must be refused for.</summary>
public class GoldenBadImagesTests
{
    private static readonly Dictionary<string, ImageErrorReason> Reasons = new()
    {
        ["empty file"] = ImageErrorReason.Empty,
        ["unknown format"] = ImageErrorReason.UnknownFormat,
        ["truncated data"] = ImageErrorReason.Truncated,
        ["truncated header"] = ImageErrorReason.Truncated,
        ["too many pixels, refused before decoding"] = ImageErrorReason.TooManyPixels,
        ["zero width"] = ImageErrorReason.ZeroSize,
        ["format not allowed"] = ImageErrorReason.FormatNotAllowed,
        ["corrupt data"] = ImageErrorReason.Corrupt,
    };

    [SkippableFact]
    public void Decoder_EveryBadPicture_IsRefusedForItsReason()
    {
        using var index = JsonDocument.Parse(File.ReadAllText(Golden.Folder("bad", "index.json")));
        List<string> failures = [];
        foreach (JsonProperty item in index.RootElement.GetProperty("images").EnumerateObject())
        {
            ImageErrorReason? found = Refusal(File.ReadAllBytes(Golden.Folder("bad", "images", item.Name)));
            string text = item.Value.GetString()!;
            ImageErrorReason? expected = text.StartsWith("ok", StringComparison.Ordinal) ? null : Reasons[text];
            if (found != expected)
            {
                failures.Add($"{item.Name}: expected {expected}, found {found}");
            }
        }

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static ImageErrorReason? Refusal(byte[] bytes)
    {
        try
        {
            ImageDecoder.Decode(bytes, new ImageLimits(), applyExif: true);
            return null;
        }
        catch (ImageException e)
        {
            Assert.StartsWith("picture: expected ", e.Message, StringComparison.Ordinal);
            return e.Reason;
        }
    }
}
