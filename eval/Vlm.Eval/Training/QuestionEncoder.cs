using System.Collections.Concurrent;
using Vlm.Core.Text;
using Vlm.Eval.Scenes;

namespace Vlm.Eval.Training;

/// <summary>Token ids of one question and its answer, without what all questions share.</summary>
/// <param name="Ids">From behind the picture to the answer's last token.</param>
/// <param name="AnswerStart">Index of the answer's first token in <paramref name="Ids"/>.</param>
/// <param name="GroundEnds">Per ground of the question: index of its phrase's last token.</param>
public sealed record EncodedQuestion(int[] Ids, int AnswerStart, int[] GroundEnds);

/// <summary>Questions to ids by the template that the server uses; an answer ends with the end mark.</summary>
public sealed class QuestionEncoder
{
    private readonly LlamaTokenizer _tokenizer;
    private readonly ConcurrentDictionary<string, int[]> _questions = new();

    /// <param name="tokenizer">Of the checkpoint to be.</param>
    public QuestionEncoder(LlamaTokenizer tokenizer)
    {
        _tokenizer = tokenizer;
        int[] ids = Prompt("?");
        Prefix = ids[..Array.IndexOf(ids, LlamaTokenizer.ImagePlaceholder)];
    }

    /// <summary>What stands before the picture in every prompt.</summary>
    public int[] Prefix { get; }

    /// <summary>Ids behind the picture.</summary>
    public EncodedQuestion Encode(SceneQuestion question)
    {
        int[] asked = Asked(question.Text);
        return new EncodedQuestion(
            [.. asked, .. _tokenizer.EncodeText(question.Answer, prefix: true), _tokenizer.EosId],
            asked.Length,
            [.. question.Grounds.Select(ground => End(question.Text, ground.Phrase, asked))]);
    }

    // The same tokens up to the phrase's end are those of the question that stops there.
    private int End(string text, string? phrase, int[] asked)
    {
        if (phrase is null)
        {
            return asked.Length - 1;
        }

        int[] begun = Asked(text[..(text.IndexOf(phrase, StringComparison.Ordinal) + phrase.Length)]);
        return begun.Zip(asked).TakeWhile(pair => pair.First == pair.Second).Count() - 1;
    }

    private int[] Asked(string text) => _questions.GetOrAdd(text, asked => Prompt(asked)[(Prefix.Length + 1)..]);

    private int[] Prompt(string text) => _tokenizer.Encode(ChatTemplate.Render(
        TemplateName.VicunaV1, [new ChatMessage(ChatMessage.User, [new ChatPart.Image(0), new ChatPart.Text(text)])]));
}
