using System.Globalization;
using System.Text.Json;
using Vlm.Eval.Data;

namespace Vlm.Eval.Runs;

/// <summary>Where each answer's time went; kept apart from the answers, whose bytes are the same in every run.</summary>
internal sealed class TimesLog : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly StreamWriter _writer;
    private readonly string _session = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture);

    private TimesLog(StreamWriter writer) => _writer = writer;

    private sealed record Line(string AnswerId, string Session, double AtMs, ReplyTimes Times);

    /// <summary>Opens or creates a log; an unfinished last line gets its end.</summary>
    public static TimesLog Open(string path)
    {
        bool isTorn = File.Exists(path) && !File.ReadAllText(path).EndsWith('\n');
        StreamWriter writer = new(path, append: true) { AutoFlush = true };
        writer.Write(isTorn ? "\n" : "");
        return new TimesLog(writer);
    }

    public void Append(string answerId, TimeSpan at, ReplyTimes times) =>
        _writer.Write(JsonSerializer.Serialize(new Line(answerId, _session, at.TotalMilliseconds, times), Json) + "\n");

    public void Dispose() => _writer.Dispose();

    /// <summary>The times of a run; damaged lines are passed over.</summary>
    public static SpeedSummary Read(IEnumerable<string> paths)
    {
        List<string> malformed = [];
        Line[] lines = [.. paths.Where(File.Exists).SelectMany(path => JsonRecords.Lines(path, malformed.Add)).Select(r => r.Value.Deserialize<Line>(Json)!)];
        Line[] answers = [.. lines.GroupBy(line => line.AnswerId).Select(group => group.Last())];
        return new SpeedSummary(
            TimeSpan.FromMilliseconds(lines.GroupBy(line => line.Session).Sum(session => session.Max(line => line.AtMs))),
            answers.Length,
            Median(answers.Select(line => line.Times.TimeToFirstTokenMs - line.Times.QueueMs)),
            Median(answers.Select(line => line.Times.EncodeMs)));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>Speed of a setting.</summary>
/// <param name="Wall">Time of all sessions, added up over shards.</param>
/// <param name="Answers">Questions answered.</param>
/// <param name="TimeToFirstTokenMs">Median, waiting for a place in the batch left out.</param>
/// <param name="EncodeMs">Median time of the encoder batch that held the picture.</param>
public sealed record SpeedSummary(TimeSpan Wall, int Answers, double TimeToFirstTokenMs, double EncodeMs)
{
    /// <summary>Questions per second of wall time.</summary>
    public double PerSecond => Wall > TimeSpan.Zero ? Answers / Wall.TotalSeconds : 0;
}
