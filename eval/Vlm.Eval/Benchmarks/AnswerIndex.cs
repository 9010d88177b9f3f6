using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>Answers by the key of their question; two answers to one question are an error.</summary>
internal sealed class AnswerIndex
{
    private readonly Dictionary<string, Answer> _answers = [];

    /// <param name="file">The answers.</param>
    /// <param name="key">Question of an answer; its id when null.</param>
    /// <exception cref="InvalidDataException">A question is answered twice.</exception>
    public AnswerIndex(AnswerFile file, Func<Answer, string>? key = null)
    {
        foreach (Answer answer in file.Answers)
        {
            string name = key?.Invoke(answer) ?? answer.Id.Text;
            if (!_answers.TryAdd(name, answer))
            {
                throw new InvalidDataException(
                    $"{file.Path} line {answer.Line}: question_id: expected one answer to each question, " +
                    $"found a second to {name}, the first on line {_answers[name].Line}.");
            }
        }
    }

    /// <summary>Answers that some question asked for.</summary>
    public int Found { get; private set; }

    /// <summary>The answer to a question, or null.</summary>
    public Answer? this[string key]
    {
        get
        {
            Answer? answer = _answers.GetValueOrDefault(key);
            Found += answer is null ? 0 : 1;
            return answer;
        }
    }
}
