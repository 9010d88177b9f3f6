using Vlm.Eval.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>Where answers come from: the engine in this process, or a server.</summary>
public interface IAnswerer
{
    /// <summary>Name of the model, for answer lines.</summary>
    string ModelId { get; }

    /// <summary>Pictures worth having under way at once.</summary>
    int Concurrency { get; }

    /// <summary>What answers depend on, for the manifest.</summary>
    IReadOnlyDictionary<string, string> Identity { get; }

    /// <summary>What a picture costs under a setting; null where that is not known.</summary>
    EncoderCost? Cost(MergeSpec merge);

    /// <summary>Answers questions about one picture, or a question without, greedily.</summary>
    /// <returns>The answers in the order of the questions.</returns>
    /// <exception cref="InvalidDataException">The picture cannot be read.</exception>
    IAsyncEnumerable<Reply> AskAsync(IReadOnlyList<Question> questions, AskSettings settings, int maxTokens, MergeSpec merge, CancellationToken cancel);
}

/// <summary>What the vision tower does with a picture.</summary>
/// <param name="VisualTokens">Tokens that the language model sees.</param>
/// <param name="Gmacs">Multiply-accumulates of the tower, billions.</param>
public sealed record EncoderCost(int VisualTokens, double Gmacs);

/// <summary>An answer.</summary>
/// <param name="Text">Trimmed text.</param>
/// <param name="Times">Milliseconds of each part, as known.</param>
public sealed record Reply(string Text, ReplyTimes Times);

/// <summary>Where the time of an answer went, milliseconds; the picture's share counts in every answer about it, though it is decoded once.</summary>
public sealed record ReplyTimes(double ImageMs, double QueueMs, double EncodeMs, double PrefillMs, double DecodeMs, double TotalMs, double TimeToFirstTokenMs, int CompletionTokens);
