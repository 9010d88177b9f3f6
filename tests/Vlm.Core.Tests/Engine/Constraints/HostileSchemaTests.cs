using System.Text;
using System.Text.Json;
using Vlm.Core.Engine.Constraints;

namespace Vlm.Core.Tests.Engine.Constraints;

/// <summary>Schemas of a few kilobytes that would take a server with them.</summary>
public sealed class HostileSchemaTests
{
    [Theory]
    [InlineData("""{"$ref": "#/$defs/d0"}""", "1")]
    [InlineData("""{"properties": {"a": {"$ref": "#/$defs/d0"}}, "required": ["a"]}""", "{\"a\": 1}")]
    public void Automaton_TwoToThe40WaysToOnePlace_LooksAtItOnce(string root, string text)
    {
        var automaton = new GrammarAutomaton(Compile(root, Chain(40, (_, next) => $$"""{"anyOf": [{{next}}, {{next}}]}""")));

        Assert.True(automaton.IsAccepting(Run(automaton, automaton.Start, text)));
        Assert.InRange(automaton.Size, 1, 2000);
    }

    [Fact]
    public void Automaton_TwoToThe30Readings_StaysSmallAndEndsInTime()
    {
        var automaton = Ambiguous();
        var state = Run(automaton, automaton.Start, new string('[', 30));
        Assert.Equal(1 + 30, automaton.MinBytes(state));
        Finish(automaton, state);

        while (automaton.Size < GrammarAutomaton.MaxSize)
        {
            state = Run(automaton, state, automaton.MinBytes(state) == 31 ? "1" : ",");
        }

        Assert.InRange(automaton.Size, GrammarAutomaton.MaxSize, 1.2 * GrammarAutomaton.MaxSize);
        Finish(automaton, state);
    }

    [Fact]
    public void Compile_ChainOfReferences_IsRefusedInsteadOfOverflowingTheStack() => Refused(
        Compiling("""{"$ref": "#/$defs/d0"}""", Chain(1500, (_, next) => next)),
        "#/$defs/d127: expected at most 128 schemas within one another, found more.");

    [Fact]
    public void Compile_LongChainDefinedFromItsEnd_IsCountedOnce()
    {
        var links = Chain(600, (_, next) => $$"""{"type": "array", "items": {{next}}}""");
        var fromTheEnd = string.Join(',', Enumerable.Range(0, 600).Reverse().Select(i => $$"""{"$ref": "#/$defs/d{{i}}"}"""));

        var automaton = new GrammarAutomaton(Compile($$"""{"anyOf": [{{fromTheEnd}}]}""", links));

        Assert.True(automaton.IsAccepting(Run(automaton, automaton.Start, "[[[]]]")));
    }

    [Fact]
    public void Compile_ManyOptionalProperties_NeedsNoStack()
    {
        var names = Enumerable.Range(0, 4000).Select(i => $"\"p{i}\": {{}}");

        var automaton = new GrammarAutomaton(Compile($$"""{"properties": { {{string.Join(',', names)}} } }""", "{}"));

        Assert.True(automaton.IsAccepting(Run(automaton, automaton.Start, """{"p7": 1, "p3999": []}""")));
    }

    [Fact]
    public void Compile_AMillionOptions_IsRefusedByItsSize() => Refused(
        Compiling($$"""{"enum": [{{string.Join(',', Enumerable.Range(0, 1_000_000))}}]}""", "{}"),
        "schema: expected at most 65536 bytes, found 68889");

    [Fact]
    public void Compile_ManyLongRepeats_IsRefusedByItsSymbols() => Refused(
        Compiling("{\"anyOf\": [" + string.Join(',', Enumerable.Repeat("""{"type": "string", "minLength": 4096}""", 1000)) + "]}", "{}"),
        "grammar: expected at most 500000 symbols, found more.");

    [Theory]
    [InlineData("((((a{0,99}){0,99}){0,99}){0,99}){0,99}", "#.pattern: expected at most 20000 characters, repeats written out, found more.")]
    [InlineData("((((){99}){99}){99}){99}", "schema: expected patterns, ranges and allOf that compile in 4000000 steps, found larger ones.")]
    [InlineData("(a|b)*a(a|b){40}$", "schema: expected patterns, ranges and allOf that compile in 4000000 steps, found larger ones.")]
    [InlineData("^(a|b)*a(a|b){12}c", "")]
    [InlineData("^(a*)*(a*)*(a*)*(a*)*$", "")]
    [InlineData("^(([a-y]*[b-z])+)+!$", "")]
    public void Compile_PatternThatExplodes_IsRefusedOrSmall(string pattern, string message)
    {
        var compile = Compiling($$"""{"type": "string", "pattern": "{{pattern}}"}""", "{}");
        if (message.Length > 0)
        {
            Refused(compile, message);
            return;
        }

        compile();
    }

    [Fact]
    public void Compile_PatternNestedAThousandDeep_IsRefusedInsteadOfOverflowingTheStack() => Refused(
        Compiling($$"""{"type": "string", "pattern": "{{new string('(', 20_000)}}"}""", "{}"),
        "#.pattern: expected at most 64 groups within one another, found '(' at character 65.");

    [Fact]
    public void Compile_PatternOfAllCharactersOneByOne_IsRefusedByItsWork()
    {
        var letters = string.Concat(Enumerable.Range(0x4E00, 15_000).Select(i => (char)i));

        Refused(Compiling($$"""{"type": "string", "pattern": "{{letters}}"}""", "{}"), "schema: expected patterns, ranges and allOf that compile in 4000000 steps");
    }

    [Fact]
    public void Compile_ThousandsOfPatterns_AreRefusedTogether()
    {
        var patterns = string.Join(',', Enumerable.Range(0, 1000).Select(i => $$"""{"type": "string", "pattern": "^\\p{L}{{{i % 10}},{{i}}}x{{i}}$"}"""));

        Refused(Compiling($$"""{"anyOf": [{{patterns}}]}""", "{}"), "");
    }

    [Fact]
    public void Compile_AnyOfWithinAllOf_IsRefusedInsteadOfMultipliedOut()
    {
        var parts = string.Join(',', Enumerable.Range(0, 60).Select(i => $$"""{"anyOf": [{"minimum": {{i}}}, {"maximum": {{100 + i}}}]}"""));

        Refused(Compiling($$"""{"type": "integer", "allOf": [{{parts}}]}""", "{}"), "");
    }

    [Fact]
    public void Compile_ListsOfThousandsThatMustAgree_AreRefusedByTheirWork()
    {
        var values = string.Join(',', Enumerable.Range(0, 5000));

        Refused(Compiling($$"""{"allOf": [{"enum": [{{values}}]}, {"enum": [{{values}}]}]}""", "{}"), "schema: expected patterns, ranges and allOf that compile in 4000000 steps");
    }

    [Theory]
    [InlineData("""{"allOf": [{"$ref": "#"}, {"type": "object"}]}""", "{}")]
    [InlineData("""{"allOf": [{"$ref": "#/$defs/a"}, {"type": "integer"}]}""", "1")]
    public void Compile_AllOfThatHoldsItself_Ends(string schema, string text)
    {
        GrammarAutomaton automaton = new(Compile(schema, """{"a": {"allOf": [{"$ref": "#/$defs/b"}, {"title": "x"}]}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}"""));

        Assert.True(automaton.IsAccepting(Run(automaton, automaton.Start, text)));
    }

    [Fact]
    public void Automaton_LongPatternedString_StaysSmallToItsEnd()
    {
        GrammarAutomaton automaton = new(Compile("""{"type": "string", "pattern": "^[^0-9]*$", "maxLength": 4096}""", "{}"));
        var state = Run(automaton, automaton.Start, "\"" + new string('é', 4096));

        Assert.InRange(automaton.Size, 4096, GrammarAutomaton.MaxSize / 4);
        Assert.True(automaton.IsAccepting(automaton.Step(state, (byte)'"')));
        Assert.Equal(GrammarAutomaton.Dead, automaton.Step(state, (byte)'a'));
    }

    private static GrammarAutomaton Ambiguous() => new(Compile("""{"$ref": "#/$defs/d0"}""", Chain(30, (i, next) =>
        $$"""{"anyOf": [{"type": "array", "items": {{next}}, "minItems": 1}, {"type": "array", "items": {{next}}, "minItems": 1, "maxItems": 999}]}""")));

    // The engine counts on a shortest way: each byte of it brings the end nearer by one.
    private static void Finish(GrammarAutomaton automaton, int state)
    {
        while (!automaton.IsAccepting(state))
        {
            var left = automaton.MinBytes(state);
            state = Enumerable.Range(0, 256).Select(value => automaton.Step(state, (byte)value))
                .First(next => next != GrammarAutomaton.Dead && automaton.MinBytes(next) == left - 1);
        }
    }

    private static void Refused(Action compile, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(compile).Message, StringComparison.Ordinal);

    private static Action Compiling(string root, string definitions) => () => Compile(root, definitions);

    private static Grammar Compile(string root, string definitions) =>
        JsonSchemaGrammar.Compile(JsonElement.Parse($"{root[..^1]}, \"$defs\": {definitions}}}"));

    private static string Chain(int length, Func<int, string, string> link)
    {
        var links = Enumerable.Range(0, length).Select(i => $"\"d{i}\": {link(i, $$"""{"$ref": "#/$defs/d{{i + 1}}"}""")}");
        return $$"""{ {{string.Join(',', links)}}, "d{{length}}": {"type": "integer"} }""";
    }

    private static int Run(GrammarAutomaton automaton, int state, string text)
    {
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            state = state == GrammarAutomaton.Dead ? state : automaton.Step(state, value);
        }

        return state;
    }
}
