using Vlm.Eval.Data;
using Vlm.Eval.Scoring;

namespace Vlm.Eval.Benchmarks;

/// <summary>Scores answers against truth that is already loaded.</summary>
public delegate Score Scorer(ScoreRequest request);

/// <summary>What to score.</summary>
/// <param name="Answers">The answers.</param>
/// <param name="Profile">Whose rules.</param>
/// <param name="OnlyAnswered">Leave questions without an answer line out, as while a run is under way or after a limited one.</param>
public sealed record ScoreRequest(AnswerFile Answers, EvalProfile Profile, bool OnlyAnswered = false);

/// <summary>Declaration of a benchmark: its files, its questions under each profile, its scoring.</summary>
public interface IBenchmark
{
    /// <summary>Name on the command line.</summary>
    string Name { get; }

    /// <summary>Files and folders below the data folder.</summary>
    IReadOnlyList<DataPart> Parts { get; }

    /// <summary>Longest answer, tokens; null where the profile's project does not run this benchmark.</summary>
    int? MaxTokens(EvalProfile profile);

    /// <summary>How its questions are put.</summary>
    AskSettings Ask(EvalProfile profile) => AskSettings.Of(profile);

    /// <summary>The questions in file order.</summary>
    /// <exception cref="InvalidDataException">A file is missing or bad.</exception>
    IEnumerable<Question> Questions(DataFolder data, EvalProfile profile);

    /// <summary>Loads the truth.</summary>
    /// <exception cref="InvalidDataException">A file is missing or bad, or the benchmark cannot be scored here.</exception>
    Scorer OpenScorer(DataFolder data);
}

/// <summary>What a part of the data is needed for.</summary>
public enum PartUse
{
    /// <summary>To ask the questions.</summary>
    Run,

    /// <summary>To score answers.</summary>
    Score,

    /// <summary>For both.</summary>
    Both,
}

/// <summary>A file or folder that a benchmark expects.</summary>
/// <param name="Path">Below the data folder; with a slash at the end for a folder.</param>
/// <param name="Use">What for.</param>
/// <param name="Alternative">Another accepted place.</param>
public sealed record DataPart(string Path, PartUse Use, string? Alternative = null);
