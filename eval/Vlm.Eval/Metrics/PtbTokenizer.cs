using System.Text.RegularExpressions;

namespace Vlm.Eval.Metrics;

/// <summary>
/// Caption tokenisation of pycocoevalcap. An approximation of the Stanford PTB tokenizer 3.4.1 with lower case (the original is Java):
/// contractions split, punctuation apart and dropped, hyphenated words, numbers, fractions and abbreviations kept.
/// </summary>
public static partial class PtbTokenizer
{
    private static readonly HashSet<string> Dropped =
        ["''", "'", "``", "`", "-LRB-", "-RRB-", "-LCB-", "-RCB-", ".", "?", "!", ",", ":", "-", "--", "...", ";"];

    private static readonly Dictionary<string, string> Brackets = new()
    {
        ["("] = "-lrb-",
        [")"] = "-rrb-",
        ["["] = "-lsb-",
        ["]"] = "-rsb-",
        ["{"] = "-lcb-",
        ["}"] = "-rcb-",
    };

    private static readonly Dictionary<string, string> Joined = new()
    {
        ["cannot"] = "can not",
        ["gonna"] = "gon na",
        ["gotta"] = "got ta",
        ["wanna"] = "wan na",
        ["gimme"] = "gim me",
        ["lemme"] = "lem me",
    };

    /// <summary>Tokens parted by single spaces.</summary>
    public static string Tokenize(string caption)
    {
        string text = PythonText.Lower(Plain(caption));
        IEnumerable<string> tokens = Token().Matches(text)
            .SelectMany(match => Word(match.Value).Split(' '))
            .Where(token => !Dropped.Contains(token));
        return string.Join(' ', tokens);
    }

    /// <summary>Curly quotes, ellipses and dashes as ASCII.</summary>
    private static string Plain(string text) => text
        .Replace('\n', ' ').Replace('\u2018', '\'').Replace('\u2019', '\'')
        .Replace("\u201c", "\"", StringComparison.Ordinal).Replace("\u201d", "\"", StringComparison.Ordinal)
        .Replace("\u2026", "...", StringComparison.Ordinal)
        .Replace("\u2013", "--", StringComparison.Ordinal).Replace("\u2014", "--", StringComparison.Ordinal);

    private static string Word(string token) => token switch
    {
        "\"" => "''", // opening and closing quotes are both dropped
        _ when Brackets.TryGetValue(token, out string? bracket) => bracket,
        _ when Joined.TryGetValue(token, out string? parts) => parts,
        _ => Contraction().Replace(token, " $1", 1),
    };

    [GeneratedRegex(
        @"(?:[a-z]\.){2,}|(?:mr|mrs|ms|dr|st|jr|sr|vs)\.(?=\s)|[0-9]+(?:[.,:/][0-9]+)+" +
        @"|[\p{L}0-9][\p{L}\p{M}0-9]*(?:['/&_-][\p{L}\p{M}0-9]+)*|\.{3}|-{2,}|'(?:s|re|ve|ll|d|m)\b|[\ud800-\udbff][\udc00-\udfff]|\S")]
    private static partial Regex Token();

    [GeneratedRegex("(n't|'(?:s|re|ve|ll|d|m))$")]
    private static partial Regex Contraction();
}
