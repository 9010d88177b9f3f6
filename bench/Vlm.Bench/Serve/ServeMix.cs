using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Core.Imaging;

namespace Vlm.Bench.Serve;

/// <summary>What is asked, request by request; the same number always asks the same.</summary>
public sealed record ServeMix
{
    private const int Blocks = 12;
    private const int BlockSide = 8;
    private const int Channels = 3;

    /// <summary>Merge settings, taken in turn; <c>default</c> asks for none in particular, as other servers need it.</summary>
    public IReadOnlyList<string> Merges { get; init; } = ["pitome:0.9"];

    /// <summary>Different pictures; 0 for another one in every request.</summary>
    public int Pictures { get; init; }

    /// <summary>Share of requests without a picture, 0 to 1.</summary>
    public double TextShare { get; init; }

    /// <summary>Most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 16;

    /// <summary>Name of the model, for servers that want one.</summary>
    public string? Model { get; init; }

    /// <summary>Seed of pictures and arrivals.</summary>
    public int Seed { get; init; }

    /// <summary>The body of a request in OpenAI's form, streamed.</summary>
    public byte[] Body(int number)
    {
        bool hasPicture = new Random(Seed ^ number).NextDouble() >= TextShare;
        string merge = Merges[number % Merges.Count];
        JsonObject body = new()
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Content(number, hasPicture) }),
            ["max_tokens"] = MaxTokens,
            ["temperature"] = 0,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
        };
        if (Model is not null)
        {
            body["model"] = Model;
        }

        if (merge != "default")
        {
            body["merge"] = merge;
        }

        return JsonSerializer.SerializeToUtf8Bytes(body);
    }

    private JsonArray Content(int number, bool hasPicture)
    {
        JsonArray content = [new JsonObject { ["type"] = "text", ["text"] = "What is in the picture?" }];
        if (hasPicture)
        {
            string url = "data:image/png;base64," + Convert.ToBase64String(Picture(Pictures == 0 ? number : number % Pictures));
            content.Insert(0, new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = url } });
        }

        return content;
    }

    /// <summary>Blocks of random colours as PNG.</summary>
    private byte[] Picture(int number)
    {
        byte[] colours = new byte[Blocks * Blocks * Channels];
        new Random(unchecked((Seed * 1_000_003) + number)).NextBytes(colours);
        int side = Blocks * BlockSide;
        byte[] pixels = new byte[side * side * Channels];
        for (int i = 0; i < pixels.Length; i++)
        {
            (int pixel, int channel) = Math.DivRem(i, Channels);
            (int row, int column) = Math.DivRem(pixel, side);
            pixels[i] = colours[(((row / BlockSide * Blocks) + (column / BlockSide)) * Channels) + channel];
        }

        return PngWriter.Write(side, pixels, Channels);
    }
}
