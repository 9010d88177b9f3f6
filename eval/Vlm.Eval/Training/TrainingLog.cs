using System.Diagnostics;
using System.Globalization;

namespace Vlm.Eval.Training;

/// <summary>Loss and scores as lines of <c>log.csv</c>, flushed at once, and as plots; a resumed run appends.</summary>
internal sealed class TrainingLog
{
    /// <summary>Name of the loss among the quantities.</summary>
    public const string Loss = "loss";

    private const int ReportEvery = 50;
    private readonly string _path;
    private readonly Action<TrainingReport> _report;
    private double _sum;
    private int _count;
    private long _step;
    private long _since = Stopwatch.GetTimestamp();

    public TrainingLog(string folder, Action<TrainingReport> report)
    {
        _path = Path.Combine(Directory.CreateDirectory(folder).FullName, "log.csv");
        _report = report;
        if (!File.Exists(_path))
        {
            File.WriteAllText(_path, "step,quantity,value\n");
        }
    }

    public void Add(long step, double loss)
    {
        (_step, _sum, _count) = (step, _sum + loss, _count + 1);
        if (_count == ReportEvery)
        {
            double mean = _sum / _count;
            double rate = _count / Stopwatch.GetElapsedTime(_since).TotalSeconds;
            Append(Loss, mean);
            _report(new TrainingReport(step, mean, rate, new Dictionary<string, double>()));
            (_sum, _count, _since) = (0, 0, Stopwatch.GetTimestamp());
        }
    }

    public void Write(IReadOnlyDictionary<string, double> scores)
    {
        foreach (var (name, value) in scores)
        {
            Append(name, value);
        }

        TrainingCurves.Write(_path);
        _report(new TrainingReport(_step, double.NaN, 0, scores));
        (_sum, _count, _since) = (0, 0, Stopwatch.GetTimestamp());
    }

    private void Append(string quantity, double value) =>
        File.AppendAllText(_path, string.Create(CultureInfo.InvariantCulture, $"{_step},{quantity},{value:0.#####}\n"));
}
