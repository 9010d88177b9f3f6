using System.Collections.Concurrent;
using Vlm.Core.Text;
using Vlm.Eval.Scenes;

namespace Vlm.Eval.Training;

/// <summary>Token ids of one question and its answer, without what all questions share.</summary>
/// <param name="Ids">From behind the picture to the answer's last token.</param>
/// <param name="AnswerStart">Index of the answer's first token in <paramref name="Ids"/>.</param>
public sealed record EncodedQuestion(int[] Ids, int AnswerStart);

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
        int[] asked = _questions.GetOrAdd(
            question.Text, text => Prompt(text)[(Prefix.Length + 1)..]);
        return new EncodedQuestion(
            [.. asked, .. _tokenizer.EncodeText(question.Answer, prefix: true), _tokenizer.EosId], asked.Length);
    }

    private int[] Prompt(string text) => _tokenizer.Encode(ChatTemplate.Render(
        TemplateName.VicunaV1, [new ChatMessage(ChatMessage.User, [new ChatPart.Image(0), new ChatPart.Text(text)])]));
}
