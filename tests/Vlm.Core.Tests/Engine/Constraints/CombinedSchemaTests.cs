using Vlm.Core.Engine.Constraints;

namespace Vlm.Core.Tests.Engine.Constraints;

/// <summary>Schemas that hold together: allOf, keywords beside $ref and anyOf, nullable.</summary>
public sealed class CombinedSchemaTests
{
    private const string Derived =
        """
        {"allOf": [{"$ref": "#/$defs/base"}, {"properties": {"b": {"type": "integer", "minimum": 3}}, "required": ["b"]}],
         "description": "both", "$defs": {"base": {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer", "maximum": 5}}, "required": ["a"]}}}
        """;

    private const string Tree =
        """
        {"$ref": "#/$defs/node", "$defs": {
          "node": {"allOf": [{"$ref": "#/$defs/named"}, {"properties": {"inner": {"allOf": [{"$ref": "#/$defs/node"}, {"$ref": "#/$defs/named"}], "nullable": true}}}]},
          "named": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}}}
        """;

    [Theory]
    [InlineData("""{"type": "string", "nullable": true}""", "null")]
    [InlineData("""{"type": "string", "nullable": true}""", "\"x\"")]
    [InlineData("""{"type": "string", "enum": ["a"], "nullable": true}""", "null")]
    [InlineData("""{"$ref": "#/$defs/x", "nullable": true, "$defs": {"x": {"const": 1}}}""", "null")]
    [InlineData("""{"allOf": [{"$ref": "#/$defs/x"}], "nullable": true, "$defs": {"x": {"type": "integer"}}}""", "null")]
    [InlineData("""{"allOf": [{"$ref": "#/$defs/x"}], "nullable": true, "$defs": {"x": {"type": "integer"}}}""", "7")]
    [InlineData("""{"allOf": [{"type": "string", "nullable": true}, {"maxLength": 1, "nullable": true}]}""", "null")]
    [InlineData("""{"allOf": [{"type": ["string", "number"]}, {"type": ["integer", "null"]}]}""", "5")]
    [InlineData("""{"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}], "maxLength": 3}""", "\"acb\"")]
    [InlineData("""{"allOf": [{"type": "string"}, {"enum": ["a", 1]}, {"enum": ["b", "a"]}]}""", "\"a\"")]
    [InlineData("""{"allOf": [{"items": {"minimum": 2}}, {"items": {"type": "integer", "maximum": 3}, "minItems": 1}], "type": "array", "maxItems": 2}""", "[2,3]")]
    [InlineData("""{"allOf": [true, {}, {"title": "x"}, {"type": "null"}]}""", "null")]
    [InlineData("""{"type": "object", "properties": {"k": {"type": "integer"}}, "anyOf": [{"required": ["k"]}, {"properties": {"m": {"const": 1}}, "required": ["m"]}]}""", """{"m":1}""")]
    [InlineData("""{"anyOf": [{"type": "string"}, {"type": "integer"}], "enum": [1, "a"]}""", "\"a\"")]
    [InlineData("""{"anyOf": [{"properties": {"a": {"const": 1}}}], "oneOf": [{"required": ["a"]}, {"type": "null"}], "type": "object"}""", """{"a":1}""")]
    [InlineData("""{"type": "object", "properties": {"a": {"type": "string", "minimum": 1, "items": {}}}}""", """{"a":""}""")]
    [InlineData("""{"type": "object", "properties": {"a": {"enum": []}}, "additionalProperties": true}""", null)]
    [InlineData("""{"type": "object", "required": []}""", "{}")]
    [InlineData("""{"allOf": [{"properties": {"a": {}, "b": {}}}, {"type": "object", "properties": {"a": {}}, "additionalProperties": false}]}""", """{"a":[]}""")]
    [InlineData("""{"allOf": [{"properties": {"a": {"minimum": 1}}}, {"type": "object", "additionalProperties": {"type": "integer"}}]}""", """{"a":1}""")]
    [InlineData(Derived, """{"a":"","b":4}""")]
    [InlineData(Tree, """{"name":"a","inner":{"name":"b","inner":null}}""")]
    public void Grammar_TextThatSatisfiesAll_IsAccepted(string schema, string? text)
    {
        if (text is null)
        {
            Assert.Throws<ArgumentException>(() => GrammarWalk.Compile(schema));
            return;
        }

        Assert.True(GrammarWalk.Automaton(schema).Accepts(text));
    }

    [Theory]
    [InlineData("""{"type": "string", "nullable": false}""", "null")]
    [InlineData("""{"allOf": [{"type": "string", "nullable": true}, {"type": "string"}]}""", "null")]
    [InlineData("""{"allOf": [{"type": ["string", "number"]}, {"type": ["integer", "null"]}]}""", "5.5")]
    [InlineData("""{"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}], "maxLength": 3}""", "\"accb\"")]
    [InlineData("""{"type": "integer", "enum": ["a", 1]}""", "\"a\"")]
    [InlineData("""{"allOf": [{"properties": {"a": {}, "b": {}}}, {"type": "object", "properties": {"a": {}}, "additionalProperties": false}]}""", """{"b":1}""")]
    [InlineData("""{"allOf": [{"properties": {"a": {"minimum": 1}}}, {"type": "object", "additionalProperties": {"type": "integer"}}]}""", """{"a":1.5}""")]
    [InlineData("""{"minLength": 2}""", "\"a\"")]
    [InlineData("""{"required": ["a"]}""", "{}")]
    [InlineData(Derived, """{"a":"","b":6}""")]
    [InlineData(Derived, """{"a":""}""")]
    [InlineData(Tree, """{"name":"a","inner":{"inner":null}}""")]
    public void Grammar_TextThatOneForbids_IsRefused(string schema, string text) => Assert.False(GrammarWalk.Automaton(schema).Accepts(text));

    [Theory]
    [InlineData("""{"allOf": [{"type": "string"}, {"type": "integer"}]}""", "#: expected a type that all of its parts allow, found none.")]
    [InlineData("""{"allOf": [{"const": 1}, {"const": 2}]}""", "#: expected a value that all of its enum, const and type allow, found none.")]
    [InlineData("""{"allOf": [{"type": "string", "minLength": 2}, {"maxLength": 1}]}""", "#: expected a string that satisfies its keywords, found none.")]
    [InlineData("""{"allOf": [{"type": "array", "minItems": 2}, {"maxItems": 1}]}""", "#: expected a number of items that all of its parts allow, found none.")]
    [InlineData("""{"type": "object", "required": ["a"], "additionalProperties": false}""", "#.required: expected names that additionalProperties allows, found 'a'.")]
    [InlineData("""{"allOf": []}""", "#.allOf: expected an array with something in it")]
    [InlineData("""{"allOf": [{"not": {}}]}""", "#.allOf[0].not: expected one of the supported keywords")]
    [InlineData("""{"nullable": "yes"}""", "#.nullable: expected true or false, found String.")]
    [InlineData("""{"allOf": [{"$ref": "#/$defs/none"}, {"type": "null"}]}""", "$ref: expected a place in this schema")]
    [InlineData("""{"type": "object", "properties": {"a": {"allOf": [{"type": "string"}, {"type": "null"}]}}, "required": ["a"]}""", "#.properties.a: expected a type that all of its parts allow, found none.")]
    public void Compile_PartsThatNothingSatisfies_SaysWhich(string schema, string message) => Assert.StartsWith(
        message, Assert.Throws<ArgumentException>(() => GrammarWalk.Compile(schema)).Message, StringComparison.Ordinal);

    [Fact]
    public void Grammar_OptionalMemberThatNothingSatisfies_IsLeftOut()
    {
        var automaton = GrammarWalk.Automaton("""{"properties": {"a": {"allOf": [{"type": "string"}, {"type": "null"}]}, "b": {"type": "null"}}}""");

        Assert.True(automaton.Accepts("""{"b":null}"""));
        Assert.Equal(GrammarAutomaton.Dead, automaton.Run("{\"a"u8.ToArray()));
    }

    [Fact]
    public void Grammar_Annotations_AreTolerated() => Assert.True(GrammarWalk.Automaton(
        """
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "x", "$comment": "c", "title": "t", "description": "d", "default": 1, "examples": [1],
         "example": 1, "deprecated": true, "readOnly": false, "writeOnly": false, "x-order": 1, "type": "integer"}
        """).Accepts("1"));
}
