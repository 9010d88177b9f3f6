using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace Vlm.Core.Text;

/// <summary>
/// Ids to text one by one (llava.md 7.5). Text comes out once no later id can change it, so never half a character; all
/// pieces and the flush together are <see cref="LlamaTokenizer.Decode"/> of all ids. One answer, one instance.
/// </summary>
public sealed class StreamingDetokenizer(LlamaTokenizer tokenizer)
{
    private const char Replacement = '\uFFFD';
    private readonly Vocabulary _vocabulary = tokenizer.Vocabulary;
    private readonly List<byte> _run = []; // bytes of byte pieces whose text is not certain
    private bool _hasText;

    /// <summary>The text that is certain now and was not before; may be empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A negative id other than <see cref="LlamaTokenizer.ImagePlaceholder"/>.
    /// </exception>
    public string Append(int id)
    {
        if (_vocabulary.IsSpecial(id))
        {
            return ""; // skipped, so bytes before and after it belong to one run
        }

        if (_vocabulary.Byte(id) is not { } value)
        {
            return WithoutFirstSpace(TakeRun(isComplete: true) + _vocabulary.Text(id));
        }

        _run.Add(value);
        return WithoutFirstSpace(TakeRun(isComplete: false));
    }

    /// <summary>What is left at the end; an incomplete character becomes one U+FFFD per byte.</summary>
    public string Flush() => WithoutFirstSpace(TakeRun(isComplete: true));

    private string TakeRun(bool isComplete)
    {
        ReadOnlySpan<byte> run = CollectionsMarshal.AsSpan(_run);
        int numTaken = 0;
        string text = tokenizer.ReplacesWholeRuns
            ? TakeWhole(run, isComplete, ref numTaken)
            : TakeCharacters(run, isComplete, ref numTaken);
        _run.RemoveRange(0, numTaken);
        return text;
    }

    /// <summary>
    /// Hugging Face: a run that is not valid as a whole becomes one U+FFFD per byte, so nothing is certain before its
    /// end.
    /// </summary>
    private static string TakeWhole(ReadOnlySpan<byte> run, bool isComplete, ref int numTaken)
    {
        if (!isComplete)
        {
            return "";
        }

        numTaken = run.Length;
        return Utf8.IsValid(run) ? Encoding.UTF8.GetString(run) : new string(Replacement, run.Length);
    }

    /// <summary>SentencePiece: valid characters stay, every byte that belongs to none becomes U+FFFD.</summary>
    private static string TakeCharacters(ReadOnlySpan<byte> run, bool isComplete, ref int numTaken)
    {
        StringBuilder text = new();
        while (numTaken < run.Length)
        {
            OperationStatus status = Rune.DecodeFromUtf8(run[numTaken..], out Rune rune, out int length);
            if (status == OperationStatus.NeedMoreData && !isComplete)
            {
                break;
            }

            bool isCharacter = status == OperationStatus.Done;
            _ = isCharacter ? text.Append(rune.ToString()) : text.Append(Replacement);
            numTaken += isCharacter ? length : 1;
        }

        return text.ToString();
    }

    private string WithoutFirstSpace(string text)
    {
        if (_hasText || text.Length == 0)
        {
            return text;
        }

        _hasText = true;
        return text[0] == ' ' ? text[1..] : text;
    }
}
