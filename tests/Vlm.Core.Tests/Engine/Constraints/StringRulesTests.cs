using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;
using Vlm.Core.Engine.Constraints;

namespace Vlm.Core.Tests.Engine.Constraints;

public sealed class StringRulesTests
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 6).SelectMany(Words)];

    [Theory]
    [InlineData("^a+$")]
    [InlineData("b")]
    [InlineData("")]
    [InlineData("^$")]
    [InlineData("$^")]
    [InlineData("^")]
    [InlineData("a$|^b")]
    [InlineData("^(a|b)*a(a|b)$")]
    [InlineData("^(?:ab|c){2,}$")]
    [InlineData("^(?<name>a?b??){1,2}?c*?$")]
    [InlineData("^[^ab]*$")]
    [InlineData("^[a-b]{0,3}$")]
    [InlineData("(^a|b$)")]
    [InlineData("a.c")]
    [InlineData("^(a*)*$")]
    [InlineData("^(^a)+$")]
    [InlineData("^a{0}b")]
    [InlineData("^\\w\\W?\\D$")]
    [InlineData("^\\x61[\\u0062\\]-]$")]
    [InlineData("^(a||b)c$")]
    [InlineData("[]|a{2}")]
    [InlineData("^[^]{3}$")]
    public void Pattern_EveryShortText_IsAcceptedWhereItMatches(string pattern)
    {
        var automaton = Automaton($$"""{"type": "string", "pattern": {{Json(pattern)}}}""");
        Regex expected = Reference(pattern);

        Assert.All(Texts, text => Assert.True(expected.IsMatch(text) == automaton.Accepts(Json(text)), text));
        Random random = new(4);
        for (var walk = 0; walk < 30; walk++)
        {
            var text = Read(automaton.RandomText(random));
            Assert.True(!Regular(text) || expected.IsMatch(text), text);
        }
    }

    [Fact]
    public void Pattern_Random_AcceptsWhereItMatches()
    {
        Random random = new(5);
        var numCompiled = 0;
        for (var i = 0; i < 300; i++)
        {
            var pattern = RandomPattern(random, 3);
            Regex expected = Reference(pattern);
            if (!Texts.Any(expected.IsMatch))
            {
                continue; // perhaps nothing matches it
            }

            numCompiled++;
            var automaton = Automaton($$"""{"type": "string", "pattern": {{Json(pattern)}}}""");
            Assert.All(Texts, text => Assert.True(expected.IsMatch(text) == automaton.Accepts(Json(text)), $"{pattern} {text}"));
        }

        Assert.InRange(numCompiled, 150, 300);
    }

    [Theory]
    [InlineData("^[\"\\\\/]+$", "\"\\/")]
    [InlineData("^[\\s\\S]{3}$", "\n\u0001\u007f")]
    [InlineData("^\\0\\cA\\t\\v\\f\\b?$", null)]
    [InlineData("^\\0\\cA\\t\\v\\f$", "\0\u0001\t\v\f")]
    [InlineData("^é🙂.$", "é🙂\U0010FFFF")]
    [InlineData("^\\u{1F642}\\ud83d\\ude42[\\u{1F600}-\\u{1F64F}]$", "🙂🙂😀")]
    [InlineData("^[\u07FF-\u0800]{2}[\uD7FF-\uE000]\\uFFFF\\u{10000}$", "\u07FF\u0800\uD7FF\uFFFF\U00010000")]
    [InlineData("^\\p{Lu}\\P{L}$", "Ä1")]
    [InlineData("^\\s\\S$", "\u3000\u200B")]
    [InlineData("^a.b$", "a\u0085b")]
    [InlineData("^a\\-\\@\\_\\/$", "a-@_/")]
    [InlineData("^[\\w.+-]+@[a-z]+$", "a.b+c-d@e")]
    [InlineData("^}]$", "}]")]
    public void Pattern_CharactersThatJsonEscapesOrUtf8Splits_AreOneEach(string pattern, string? text)
    {
        if (text is null)
        {
            Assert.StartsWith("#.pattern: expected no word", Message(pattern), StringComparison.Ordinal);
            return;
        }

        var automaton = Automaton($$"""{"type": "string", "pattern": {{Json(pattern)}}}""");
        Assert.True(automaton.Accepts(Canonical(text)), Canonical(text));
        Random random = new(6);
        for (var walk = 0; walk < 30; walk++)
        {
            Assert.True(automaton.Accepts(Canonical(Read(automaton.RandomText(random)))));
        }
    }

    [Theory]
    [InlineData("^a.b$", "a\nb")]
    [InlineData("^a.b$", "a\u2028b")]
    [InlineData("^\\w$", "é")]
    [InlineData("^\\d$", "٣")]
    [InlineData("^\\P{L}$", "Ä")]
    [InlineData("^a$", "a\n")]
    public void Pattern_OtherCharacters_AreRefused(string pattern, string text) =>
        Assert.False(Automaton($$"""{"type": "string", "pattern": {{Json(pattern)}}}""").Accepts(Canonical(text)));

    [Theory]
    [InlineData("a(?=b)", "#.pattern: expected a group without look-ahead, look-behind or flags, found '=' at character 4.")]
    [InlineData("(?<!a)b", "#.pattern: expected a group without look-ahead, look-behind or flags, found '!' at character 4.")]
    [InlineData("(?i:a)", "#.pattern: expected a group without look-ahead, look-behind or flags, found 'i' at character 3.")]
    [InlineData("(a)\\1", "#.pattern: expected no word boundary or back-reference, found '1' at character 5.")]
    [InlineData("\\bword", "#.pattern: expected no word boundary or back-reference, found 'b' at character 2.")]
    [InlineData("(a", "#.pattern: expected ), found its end.")]
    [InlineData("a)", "#.pattern: expected the end or | behind the expression, found ')' at character 2.")]
    [InlineData("*a", "#.pattern: expected something to repeat before a quantifier, found '*' at character 1.")]
    [InlineData("a**", "#.pattern: expected something to repeat before a quantifier, found '*' at character 3.")]
    [InlineData("[a", "#.pattern: expected another character, found its end.")]
    [InlineData("[b-a]", "#.pattern: expected a range of two characters, the lower one first, before this, found ']' at character 5.")]
    [InlineData("[\\w-a]x[\\d", "#.pattern: expected another character, found its end.")]
    [InlineData("a{2,1}", "#.pattern: expected {n}, {n,} or {n,m} with numbers from 0 to 4096, found '{' at character 2.")]
    [InlineData("a{5000}", "#.pattern: expected {n}, {n,} or {n,m} with numbers from 0 to 4096, found '{' at character 2.")]
    [InlineData("a{x}", "#.pattern: expected {n}, {n,} or {n,m} with numbers from 0 to 4096, found '{' at character 2.")]
    [InlineData("\\u12", "#.pattern: expected 4 hexadecimal digits, found '1' at character 3.")]
    [InlineData("\\u{110000}", "#.pattern: expected hexadecimal digits and }, found '1' at character 4.")]
    [InlineData("\\q", "#.pattern: expected an escape that is known before this, found its end.")]
    [InlineData("\\p{Greek}", "#.pattern: expected the short name of a general category such as L or Lu instead of Greek before this, found its end.")]
    [InlineData("a\\", "#.pattern: expected another character, found its end.")]
    [InlineData("[]", "#: expected a string that satisfies its keywords, found none.")]
    [InlineData("a^", "#: expected a string that satisfies its keywords, found none.")]
    public void Compile_PatternThatCannotBeKept_SaysWhereAndWhy(string pattern, string message) => Assert.Equal(message, Message(pattern));

    [Fact]
    public void Pattern_WithLengths_HoldsBoth()
    {
        Random random = new(7);
        for (var i = 0; i < 100; i++)
        {
            var (min, max, pattern) = (random.Next(3), random.Next(2, 6), RandomPattern(random, 2));
            Regex expected = Reference(pattern);
            bool Fits(string text) => text.Length >= min && text.Length <= max && expected.IsMatch(text);
            if (Texts.Any(Fits))
            {
                var automaton = Automaton($$"""{"type": "string", "pattern": {{Json(pattern)}}, "minLength": {{min}}, "maxLength": {{max}}}""");
                Assert.All(Texts, text => Assert.True(Fits(text) == automaton.Accepts(Json(text)), $"{pattern} {text}"));
            }
        }
    }

    [Fact]
    public void Length_CountsCodePoints()
    {
        var automaton = Automaton("""{"type": "string", "pattern": "^[^a]*$", "minLength": 2, "maxLength": 2}""");

        Assert.True(automaton.Accepts("\"🙂é\""));
        Assert.False(automaton.Accepts("\"🙂\""));
        Assert.False(automaton.Accepts("\"🙂é\\n\""));
    }

    [Theory]
    [InlineData("date", "2024-02-29", "2023-02-29")]
    [InlineData("date", "2000-02-29", "1900-02-29")]
    [InlineData("date", "1999-12-31", "1999-11-31")]
    [InlineData("date", "0001-01-01", "0000-01-01")]
    [InlineData("time", "23:59:59Z", "24:00:00Z")]
    [InlineData("time", "08:30:06.283185+02:00", "08:30:06")]
    [InlineData("date-time", "1963-06-19T08:30:06.283185Z", "1963-06-19 08:30:06Z")]
    [InlineData("duration", "P4DT12H30M5S", "P")]
    [InlineData("duration", "P2W", "P2WT1H")]
    [InlineData("duration", "PT36H", "P1YT")]
    [InlineData("uuid", "2eb8aa08-aa98-11ea-b4aa-73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638")]
    [InlineData("email", "joe.b+x@example.co.uk", "joe..b@example.com")]
    [InlineData("email", "a@b-c.de", "a@-b.de")]
    [InlineData("hostname", "www.example.com", "-bad.example")]
    [InlineData("ipv4", "192.168.0.1", "256.1.1.1")]
    [InlineData("ipv4", "0.0.0.0", "01.2.3.4")]
    [InlineData("ipv6", "::1", "12345::")]
    [InlineData("ipv6", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:8:9")]
    [InlineData("ipv6", "fe80::1:2", "1::2::3")]
    [InlineData("ipv6", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7")]
    public void Format_TextsOfIt_AreAccepted(string format, string text, string other)
    {
        var automaton = Automaton($$"""{"type": "string", "format": "{{format}}"}""");

        Assert.True(automaton.Accepts(Json(text)));
        Assert.False(automaton.Accepts(Json(other)));
        Random random = new(8);
        for (var walk = 0; walk < 60; walk++)
        {
            var found = Read(automaton.RandomText(random, numFree: 60));
            Assert.True(IsOf(format, found), found);
        }
    }

    [Theory]
    [InlineData("""{"type": "string", "format": "colour-name"}""", "\"x\"")]
    [InlineData("""{"type": "integer", "format": "int32"}""", "5")]
    [InlineData("""{"format": "date", "minLength": 10}""", "\"2024-01-01\"")]
    public void Format_AnyOther_IsAnAnnotation(string schema, string text) => Assert.True(Automaton(schema).Accepts(text));

    private static bool IsOf(string format, string text) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "time" => TimeOnly.TryParse(text.Split('Z', '+', '-')[0], CultureInfo.InvariantCulture, out _),
        "date-time" => DateTime.TryParse(Regex.Replace(text, "(Z|[+-].....)$", ""), CultureInfo.InvariantCulture, out _),
        "duration" => Regex.IsMatch(text, "W$") || XmlConvert.ToTimeSpan(Regex.Replace(text, "\\d{3,}", "99")) >= TimeSpan.Zero,
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "email" => MailAddress.TryCreate(text, out var address) && address.Address == text,
        "hostname" => Uri.CheckHostName(text) is UriHostNameType.Dns or UriHostNameType.IPv4,
        _ => IPAddress.TryParse(text, out _),
    };

    private static GrammarAutomaton Automaton(string schema) => GrammarWalk.Automaton(schema);

    private static string Message(string pattern) =>
        Assert.Throws<ArgumentException>(() => GrammarWalk.Compile($$"""{"type": "string", "pattern": {{Json(pattern)}}}""")).Message;

    // $ of .NET also matches before a last line feed.
    private static Regex Reference(string pattern) => new(
        pattern.Replace("$", "\\z", StringComparison.Ordinal).Replace("[]", "(?!)", StringComparison.Ordinal).Replace("[^]", "[\\s\\S]", StringComparison.Ordinal),
        RegexOptions.ECMAScript);

    private static string Json(string text) => GrammarWalk.Json(text);

    /// <summary>JSON's short escapes, \u for other control characters, UTF-8 for the rest.</summary>
    private static string Canonical(string text)
    {
        StringBuilder json = new("\"");
        foreach (var c in text)
        {
            var escape = "\"\\\b\f\n\r\t".IndexOf(c, StringComparison.Ordinal);
            json.Append(escape >= 0 ? $"\\{"\"\\bfnrt"[escape]}" : c is < ' ' or '\u007f' ? $"\\u{(int)c:x4}" : $"{c}");
        }

        return json.Append('"').ToString();
    }

    private static string Read(string json) => JsonElement.Parse(json).GetString()!;

    // Where ECMA-262 and .NET have no different idea of line ends and white space.
    private static bool Regular(string text) => text.All(c => c is < '\u0080' and not '\r');

    private static IEnumerable<string> Words(int length) => length == 0
        ? [""]
        : Words(length - 1).SelectMany(word => "abc-".Select(letter => word + letter));

    private static string RandomPattern(Random random, int depth)
    {
        string Inner() => RandomPattern(random, depth - 1);
        return random.Next(depth > 0 ? 10 : 4) switch
        {
            0 => "a",
            1 => "b",
            2 => "[^a-b]",
            3 => ".",
            4 => $"({Inner()})*",
            5 => $"(?:{Inner()}|{Inner()})",
            6 => $"({Inner()}){{1,{random.Next(1, 3)}}}",
            7 => $"^{Inner()}",
            8 => $"{Inner()}$",
            _ => Inner() + Inner(),
        };
    }
}
