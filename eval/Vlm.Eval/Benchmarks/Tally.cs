using Vlm.Eval.Data;
using Vlm.Eval.Metrics;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>What an official script does with a question that has no answer line.</summary>
internal enum MissingRule
{
    /// <summary>Scores an empty answer.</summary>
    Empty,

    /// <summary>Stops.</summary>
    Refuse,

    /// <summary>Scores the answered ones only.</summary>
    LeaveOut,
}

/// <summary>Goes through the questions of a benchmark, counts what became of them and collects what they contribute.</summary>
internal sealed class Tally
{
    private readonly string _benchmark;
    private readonly ScoreRequest _request;
    private readonly MissingRule _rule;
    private readonly HashSet<string> _units = [];
    private readonly Dictionary<string, Answer> _answers = [];
    private readonly List<string> _refused = [];
    private int _questions;
    private int _missing;
    private int _empty;
    private int _unparsed;

    /// <param name="benchmark">Its name.</param>
    /// <param name="request">Answers and profile.</param>
    /// <param name="llavaRule">What the profile <c>llava</c> does without an answer; <c>lmms</c> scores an empty one.</param>
    /// <param name="skipsMalformed">Whether answer lines that are no JSON are counted instead of refused.</param>
    /// <exception cref="InvalidDataException">A line is no JSON.</exception>
    public Tally(string benchmark, ScoreRequest request, MissingRule llavaRule, bool skipsMalformed = false)
    {
        if (request.Answers.Malformed is [var first, ..] && !skipsMalformed)
        {
            throw new InvalidDataException(first);
        }

        (_benchmark, _request) = (benchmark, request);
        _rule = request.OnlyAnswered ? MissingRule.LeaveOut : request.Profile == EvalProfile.Lmms ? MissingRule.Empty : llavaRule;
    }

    public ScoreUnits Units { get; } = new();

    public bool IsLmms => _request.Profile == EvalProfile.Lmms;

    /// <summary>Notes for the reader beside the counts.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>Counts a question and gives the text to score: null when it is left out.</summary>
    /// <param name="unit">Its name in messages.</param>
    /// <param name="answer">Its line, or null.</param>
    /// <exception cref="InvalidDataException">The data has a question twice.</exception>
    public string? Take(string unit, Answer? answer)
    {
        if (!_units.Add(unit))
        {
            throw new InvalidDataException($"{_benchmark}: expected every question once, found {unit} twice in the data.");
        }

        if (answer is null && _request.OnlyAnswered)
        {
            return null;
        }

        _questions++;
        if (answer is null)
        {
            _missing++;
            if (_rule == MissingRule.Refuse)
            {
                _refused.Add(unit);
            }

            return _rule == MissingRule.Empty ? "" : null;
        }

        _answers.Add(unit, answer);
        _empty += answer.Text.Length == 0 ? 1 : 0;
        return Trim(answer.Text);
    }

    /// <summary>An answer as the profile's scorer gets it: lmms-eval trims every prediction.</summary>
    public string Trim(string text) => IsLmms ? PythonText.Strip(text) : text;

    /// <summary>Takes a question and adds what its answer contributes.</summary>
    public void Judge(string unit, Answer? answer, Func<string, IEnumerable<(string Name, double Value)>> values)
    {
        if (Take(unit, answer) is { } text)
        {
            Units.Add(unit, values(text));
        }
    }

    /// <summary>Counts an answer that no rule could read.</summary>
    public void Unparsed(Answer? answer) => _unparsed += answer is null ? 0 : 1;

    /// <summary>The result.</summary>
    /// <exception cref="InvalidDataException">Answers are missing where the official script stops.</exception>
    public Score Finish(IReadOnlyList<Metric> metrics, int answered, IReadOnlyDictionary<string, double>? fixedValues = null)
    {
        if (_refused.Count > 0)
        {
            throw new InvalidDataException(
                $"{_benchmark}: expected an answer to each of {_questions} questions, as the official script does, " +
                $"found {_refused.Count} missing in {_request.Answers.Path}, the first is {_refused[0]}.");
        }

        _request.Answers.RefuseStrangers(_benchmark, answered);
        Note(_missing, "questions have no answer line", _rule == MissingRule.Empty ? "scored as empty answers" : "left out, as the official script does");
        Note(_empty, "answers are empty", "scored as they are");
        Note(_unparsed, "answers could be read by no rule", "scored wrong");
        Note(_request.Answers.Malformed.Count, "answer lines are no JSON", "counted and skipped, as the official script does");
        Note(_request.Answers.Answers.Count - answered, "answers belong to no question", "ignored");
        return new Score
        {
            Benchmark = _benchmark,
            Profile = _request.Profile.ToWire(),
            Units = Units,
            Metrics = metrics,
            Counts = new ScoreCounts(_questions, _questions - _missing, _missing, _unparsed),
            Answers = _answers,
            Fixed = fixedValues ?? new Dictionary<string, double>(),
            Notes = Notes,
        };
    }

    private void Note(int count, string what, string consequence)
    {
        if (count > 0)
        {
            Notes.Add($"{count} of {(what.StartsWith("questions", StringComparison.Ordinal) ? _questions : _request.Answers.Answers.Count)} {what}; {consequence}");
        }
    }
}
