using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vlm.Core.Engine.Constraints;

namespace Vlm.Core.Tests.Engine.Constraints;

/// <summary>Ways through the automaton of a schema.</summary>
internal static class GrammarWalk
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Grammar Compile(string schema) => JsonSchemaGrammar.Compile(JsonElement.Parse(schema));

    public static GrammarAutomaton Automaton(string schema) => new(Compile(schema));

    /// <summary>Whether a text may come to its end, byte for byte.</summary>
    public static bool Accepts(this GrammarAutomaton automaton, string text) =>
        automaton.Run(Encoding.UTF8.GetBytes(text)) is >= 0 and var state && automaton.IsAccepting(state);

    /// <summary>The state behind a text, or <see cref="GrammarAutomaton.Dead"/>.</summary>
    public static int Run(this GrammarAutomaton automaton, byte[] text) => text.Aggregate(
        automaton.Start, (state, value) => state == GrammarAutomaton.Dead ? state : automaton.Step(state, value));

    /// <summary>A text of random allowed bytes; behind some of them only such that bring the end nearer.</summary>
    public static string RandomText(this GrammarAutomaton automaton, Random random, int numFree = 30)
    {
        List<byte> text = [];
        var state = automaton.Start;
        while (!automaton.IsAccepting(state) || (text.Count < numFree && random.Next(3) > 0))
        {
            var (from, isFree) = (state, text.Count < numFree);
            byte[] allowed = [.. Enumerable.Range(0, 256).Select(value => (byte)value).Where(value => automaton.Step(from, value) is >= 0 and var next
                && (isFree || automaton.MinBytes(next) < automaton.MinBytes(from)))];
            if (allowed.Length == 0)
            {
                break;
            }

            text.Add(allowed[random.Next(allowed.Length)]);
            state = automaton.Step(state, text[^1]);
        }

        Assert.True(automaton.IsAccepting(state));
        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. text]);
    }

    /// <summary>A string as the grammar writes it.</summary>
    public static string Json(string text) => JsonSerializer.Serialize(text, Plain);
}
