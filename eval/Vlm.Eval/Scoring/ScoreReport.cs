using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vlm.Eval.Scoring;

/// <summary>A score as <c>./vlm eval score --json</c> writes it (interface.md section 5); 95 % intervals and notes beside it.</summary>
public sealed record ScoreReport(
    string Benchmark,
    string Profile,
    IReadOnlyDictionary<string, double> Metrics,
    ScoreCounts Counts,
    IReadOnlyDictionary<string, double[]>? Intervals,
    IReadOnlyList<string>? Notes)
{
    /// <summary>Snake case, absent parts left out.</summary>
    public static JsonSerializerOptions Json { get; } = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The values of a score with their intervals.</summary>
    /// <param name="score">The score.</param>
    /// <param name="samples">Resamples; 0 leaves the intervals out.</param>
    public static ScoreReport Of(Score score, int samples = Bootstrap.DefaultSamples)
    {
        Dictionary<string, double[]>? intervals = samples == 0 || score.Units.Ids.Count == 0
            ? null
            : new Bootstrap(samples).Intervals(score).ToDictionary(i => i.Key, i => new[] { i.Value.Low, i.Value.High });
        return new ScoreReport(score.Benchmark, score.Profile, score.Values(), score.Counts, intervals, score.Notes.Count > 0 ? score.Notes : null);
    }
}
