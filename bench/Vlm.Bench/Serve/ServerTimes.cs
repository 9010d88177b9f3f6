using System.Globalization;

namespace Vlm.Bench.Serve;

/// <summary>Where the server says that time went, in milliseconds per answer. Encoder batches and steps count for every answer that they
/// were for, so with many at once the parts sum to what each of them waited, not to the server's work.</summary>
/// <param name="Image">Decoding and resizing.</param>
/// <param name="Queue">Waiting for a place.</param>
/// <param name="Encode">Encoder batches with its pictures.</param>
/// <param name="Prefill">From its place to the first token, without the encoder.</param>
/// <param name="Decode">First token to last.</param>
/// <param name="Token">From each token of an answer to its next, as the engine made them; null where no answer had two.</param>
public sealed record ServerTimes(double Image, double Queue, double Encode, double Prefill, double Decode, double? Token)
{
    private const string Gaps = "vlm_inter_token_latency_seconds";

    private static readonly string[] Series =
    [
        "vlm_image_preprocess_seconds", "vlm_request_queue_time_seconds", "vlm_image_encode_seconds", "vlm_request_prefill_time_seconds",
        "vlm_request_decode_time_seconds",
    ];

    /// <summary>The sums since the server's start, in seconds, with the numbers of gaps and answers; null for a server without our metrics.</summary>
    public static async Task<double[]?> ReadAsync(HttpClient http, CancellationToken cancel)
    {
        using HttpResponseMessage answer = await http.GetAsync("metrics", cancel);
        string[] lines = (await answer.Content.ReadAsStringAsync(cancel)).Split('\n');
        double?[] sums =
        [
            .. Series.Append(Gaps).Select(series => Value(lines, series + "_sum")), Value(lines, Gaps + "_count"),
            Value(lines, "vlm_e2e_request_latency_seconds_count"),
        ];
        return answer.IsSuccessStatusCode && sums.All(sum => sum is not null) ? [.. sums.Select(sum => sum!.Value)] : null;
    }

    /// <summary>What was added between two readings; null where either is missing.</summary>
    public static ServerTimes? Between(double[]? before, double[]? after)
    {
        if (before is null || after is null)
        {
            return null;
        }

        double[] added = [.. after.Zip(before, (a, b) => a - b)];
        double answers = Math.Max(1, added[^1]);
        return new(Each(0), Each(1), Each(2), Each(3), Each(4), added[^2] > 0 ? added[^3] * 1e3 / added[^2] : null);

        double Each(int part) => added[part] * 1e3 / answers;
    }

    private static double? Value(string[] lines, string series) =>
        lines.FirstOrDefault(line => line.StartsWith(series + " ", StringComparison.Ordinal)) is { } line
            ? double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture)
            : null;
}
