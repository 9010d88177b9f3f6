using Vlm.Core.Text;

namespace Vlm.Core.Engine;

/// <summary>What a request must hold before it may enter the engine.</summary>
internal static class RequestCheck
{
    /// <summary>Checks sampling settings and the range of every id.</summary>
    /// <exception cref="ArgumentException">Something is out of range.</exception>
    public static void Values(GenerationRequest request, ModelDescription model)
    {
        request.Sampling.Check();
        Ids("logit_bias", request.Sampling.LogitBias.Keys, model.VocabSize);
        Ids("prompt", request.PromptIds.Where(id => id != LlamaTokenizer.ImagePlaceholder), model.VocabSize);
        if (request.Choices is { Count: 0 })
        {
            throw new ArgumentException("choices: expected at least one, found none.");
        }

        foreach (var (choice, i) in (request.Choices ?? []).Select((choice, i) => (choice, i)))
        {
            if (choice.Count == 0)
            {
                throw new ArgumentException($"choices[{i}]: expected at least one token, found none.");
            }

            Ids($"choices[{i}]", choice, model.VocabSize);
        }
    }

    /// <summary>Checks that prompt and answer fit.</summary>
    /// <exception cref="ArgumentException">They do not.</exception>
    public static void Context(int promptTokens, GenerationRequest request, ModelDescription model)
    {
        var (name, answerTokens) = request.Choices is { } choices
            ? ("longest choice", choices.Max(choice => choice.Count))
            : ("max_tokens", request.Sampling.MaxTokens);
        if ((long)promptTokens + answerTokens > model.ContextLength)
        {
            throw new ArgumentException(
                $"prompt and {name}: expected at most {model.ContextLength} tokens together, " +
                $"found {promptTokens} + {answerTokens}.");
        }
    }

    private static void Ids(string name, IEnumerable<int> ids, int vocabSize)
    {
        foreach (var id in ids)
        {
            if (id < 0 || id >= vocabSize)
            {
                throw new ArgumentException($"{name}: expected token ids from 0 to {vocabSize - 1}, found {id}.");
            }
        }
    }
}
