using System.Text.Json;

namespace Vlm.Core.Text;

/// <summary>
/// Reads the prefix rule out of the normaliser and pre-tokeniser of a <c>tokenizer.json</c> (llava.md 7.3).
/// </summary>
internal static class TokenizerJsonPrefix
{
    private static readonly string Mark = Vocabulary.Mark.ToString();

    /// <exception cref="InvalidDataException">
    /// Steps other than Prepend, Replace of spaces and Metaspace, or no rule at all.
    /// </exception>
    public static PrefixPolicy Read(string path, JsonElement root)
    {
        bool prepends = false;
        foreach (JsonElement step in Steps(root, "normalizer", "normalizers"))
        {
            bool isPrepend = TypeOf(step) == "Prepend" && step.GetProperty("prepend").GetString() == Mark;
            prepends |= isPrepend;
            bool isKnown = isPrepend || ReplacesSpaces(step);
            Require(isKnown, path, "normalizer", "Prepend and Replace of spaces by U+2581", step);
        }

        PrefixPolicy? policy = prepends ? PrefixPolicy.Of(PrefixRule.EverySegment) : null;
        foreach (JsonElement step in Steps(root, "pre_tokenizer", "pretokenizers"))
        {
            bool isAlone = policy is null && TypeOf(step) == "Metaspace";
            Require(isAlone, path, "pre_tokenizer", "none, or Metaspace alone", step);
            policy = ReadMetaspace(path, step);
        }

        return policy ?? throw new InvalidDataException(
            $"{path}: expected a Prepend normaliser or a Metaspace pre-tokeniser, which say where U+2581 goes, " +
            "found neither.");
    }

    private static PrefixPolicy ReadMetaspace(string path, JsonElement step)
    {
        bool isWhole = step.TryGetProperty("split", out JsonElement split) && split.ValueKind == JsonValueKind.False;
        Require(isWhole, path, "pre_tokenizer", "Metaspace with split false", step);
        bool isMark = step.GetProperty("replacement").GetString() == Mark;
        Require(isMark, path, "pre_tokenizer", "Metaspace with replacement U+2581", step);
        string? scheme = step.TryGetProperty("prepend_scheme", out JsonElement named) ? named.GetString() : "always";
        bool isKnown = scheme is "always" or "first";
        Require(isKnown, path, "pre_tokenizer", "Metaspace with prepend_scheme always or first", step);
        PrefixRule rule = scheme == "first" ? PrefixRule.FirstSegment : PrefixRule.EverySegment;
        return new PrefixPolicy(rule, SkipsMarked: true);
    }

    private static bool ReplacesSpaces(JsonElement step) =>
        TypeOf(step) == "Replace"
        && step.GetProperty("pattern").TryGetProperty("String", out JsonElement pattern) && pattern.GetString() == " "
        && step.GetProperty("content").GetString() == Mark;

    private static JsonElement[] Steps(JsonElement root, string name, string list)
    {
        if (!root.TryGetProperty(name, out JsonElement step) || step.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return TypeOf(step) == "Sequence" ? [.. step.GetProperty(list).EnumerateArray()] : [step];
    }

    private static string? TypeOf(JsonElement step) => step.GetProperty("type").GetString();

    private static void Require(bool holds, string path, string place, string expected, JsonElement found)
    {
        if (!holds)
        {
            throw new InvalidDataException($"{path}: {place}: expected {expected}, found {found.GetRawText()}.");
        }
    }
}
