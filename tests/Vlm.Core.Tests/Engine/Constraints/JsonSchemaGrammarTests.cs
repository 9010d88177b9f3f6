using System.Text;
using System.Text.Json;
using Vlm.Core.Engine.Constraints;

namespace Vlm.Core.Tests.Engine.Constraints;

public sealed class JsonSchemaGrammarTests
{
    private const string Person =
        """
        {"type": "object", "title": "Person", "properties": {
          "name": {"type": "string", "minLength": 1, "maxLength": 3},
          "age": {"type": "integer"},
          "tags": {"type": "array", "items": {"enum": ["a", "b", 1, null]}, "minItems": 1, "maxItems": 2}},
         "required": ["name"], "additionalProperties": false}
        """;

    [Theory]
    [InlineData("true", "{\"a\": [1, -2.5e10, \"x\\n\\u00e9\", true, false, null, {}]}")]
    [InlineData("{}", "[]")]
    [InlineData("""{"type": "object"}""", "{\"k\":{\"k\":1}}")]
    [InlineData("""{"type": "string"}""", "\"é🙂\"")]
    [InlineData("""{"type": "number"}""", "-0.5E-07")]
    [InlineData("""{"type": "integer"}""", "-120")]
    [InlineData("""{"type": ["boolean", "null"]}""", "null")]
    [InlineData("""{"const": {"a": [1, "ü"]}}""", """{"a":[1,"ü"]}""")]
    [InlineData("""{"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 0}]}""", "\"\"")]
    [InlineData("""{"type": "array", "maxItems": 0}""", "[ ]")]
    [InlineData("""{"type": "array", "minItems": 2, "items": {"type": "integer"}}""", "[1, 2, 3]")]
    [InlineData("""{"type": "object", "additionalProperties": {"type": "integer"}}""", "{\"a\": 1,\n  \"b\": 2}")]
    [InlineData("""{"required": ["x"], "type": "object"}""", "{\"x\": []}")]
    [InlineData(Person, """{"name": "abc"}""")]
    [InlineData(Person, """{"name": "é", "age": 7, "tags": ["a", null]}""")]
    [InlineData(Person, """{"name": "n","tags":[1]}""")]
    public void Grammar_TextOfTheSchema_IsAccepted(string schema, string text) => Assert.True(Accepts(schema, text));

    [Theory]
    [InlineData("true", "{\"a\" 1}")]
    [InlineData("true", "01")]
    [InlineData("true", "\"\\ud800\"")]
    [InlineData("true", "\"a\nb\"")]
    [InlineData("true", "[1,]")]
    [InlineData("""{"type": "object"}""", "[]")]
    [InlineData("""{"type": "integer"}""", "1.5")]
    [InlineData("""{"type": "array", "maxItems": 1}""", "[1,2]")]
    [InlineData("""{"type": "array", "minItems": 2}""", "[1]")]
    [InlineData(Person, "{}")]
    [InlineData(Person, """{"name": "abcd"}""")]
    [InlineData(Person, """{"name": ""}""")]
    [InlineData(Person, """{"age": 7}""")]
    [InlineData(Person, """{"age": 7, "name": "x"}""")]
    [InlineData(Person, """{"name": "x", "other": 1}""")]
    [InlineData(Person, """{"name": "x", "tags": []}""")]
    [InlineData(Person, """{"name": "x",}""")]
    public void Grammar_OtherText_IsRefused(string schema, string text) => Assert.False(Accepts(schema, text));

    [Fact]
    public void Grammar_InvalidUtf8InAString_IsRefused() =>
        Assert.Equal(GrammarAutomaton.Dead, Run(new GrammarAutomaton(Compile("true")), [(byte)'"', 0xC0, 0x80]));

    [Fact]
    public void Grammar_SchemaThatHoldsItself_TakesAnyDepth()
    {
        const string tree =
            """
            {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {
              "value": {"type": "integer"}, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}}, "required": ["value"]}}}
            """;

        Assert.True(Accepts(tree, """{"value": 1, "children": [{"value": 2, "children": [{"value": 3}]}]}"""));
        Assert.False(Accepts(tree, """{"value": 1, "children": [{}]}"""));
    }

    [Theory]
    [InlineData("""{"type": "array", "uniqueItems": true}""", "#.uniqueItems: expected one of the supported keywords (type, enum, const, properties,")]
    [InlineData("""{"not": {"type": "null"}}""", "#.not: expected one of the supported keywords")]
    [InlineData("""{"properties": {"a": {"type": "thing"}}}""", "#.properties.a.type: expected object, array")]
    [InlineData("""{"enum": []}""", "#.enum: expected an array with something in it")]
    [InlineData("""{"$ref": "#/$defs/none"}""", "$ref: expected a place in this schema")]
    [InlineData("""{"$ref": "http://example.com/x"}""", "$ref: expected a place in this schema")]
    [InlineData("""{"type": "array", "minItems": 3, "maxItems": 2}""", "#.maxItems: expected at least minItems (3), found 2.")]
    [InlineData("""{"type": "string", "maxLength": -1}""", "#.maxLength: expected a whole number from 0 to 4096, found -1.")]
    [InlineData("""{"anyOf": [{"$ref": "#"}, {"type": "null"}]}""", "grammar: expected every rule to begin with something else")]
    [InlineData("""{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}""", "grammar: expected a finite text")]
    [InlineData("""{"enum": ["a"], "minLength": 1}""", "#: expected enum and const without other keywords that restrict, found minLength.")]
    [InlineData("{\"properties\": {\"\\ud800\": {}}}", "schema: expected valid Unicode text.")]
    [InlineData("{\"enum\": [\"\\ud800\"]}", "schema: expected valid Unicode text.")]
    [InlineData("{\"pattern\": \"\\ud800\"}", "schema: expected valid Unicode text.")]
    [InlineData("false", "#: expected a schema object or true, found False.")]
    [InlineData("[]", "#: expected a schema object or true, found Array.")]
    public void Compile_SchemaThatCannotBeKept_Throws(string schema, string message)
    {
        var error = Assert.Throws<ArgumentException>(() => Compile(schema));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MinBytes_AlongAText_IsTheLengthOfTheShortestRest()
    {
        var automaton = new GrammarAutomaton(Compile(Person));

        Assert.Equal("{\"name\":\"x\"}".Length, automaton.MinBytes(automaton.Start));
        var state = Run(automaton, Encoding.UTF8.GetBytes("{\"name\":\"x\",\"tags\":["));
        Assert.Equal("1]}".Length, automaton.MinBytes(state));
    }

    private static Grammar Compile(string schema) => JsonSchemaGrammar.Compile(JsonElement.Parse(schema));

    private static bool Accepts(string schema, string text)
    {
        var automaton = new GrammarAutomaton(Compile(schema));
        var state = Run(automaton, Encoding.UTF8.GetBytes(text));
        return state != GrammarAutomaton.Dead && automaton.IsAccepting(state);
    }

    private static int Run(GrammarAutomaton automaton, byte[] text)
    {
        var state = automaton.Start;
        foreach (var value in text)
        {
            state = state == GrammarAutomaton.Dead ? state : automaton.Step(state, value);
        }

        return state;
    }
}
