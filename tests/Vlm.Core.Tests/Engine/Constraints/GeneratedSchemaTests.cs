using System.Text.Json;
using Vlm.Core.Engine.Constraints;

namespace Vlm.Core.Tests.Engine.Constraints;

/// <summary>Whatever a grammar lets through satisfies its schema, as somebody else reads it; what satisfies it is let through.</summary>
public sealed class GeneratedSchemaTests
{
    [Fact]
    public void Grammar_RandomScalarSchemas_LetThroughExactlyWhatSatisfiesThem()
    {
        Random random = new(11);
        RandomSchema generator = new(random);
        var numAllowed = 0;
        for (var i = 0; i < 400; i++)
        {
            var schema = JsonElement.Parse(generator.Scalar());
            string[] allowed = [.. RandomSchema.Scalars.Where(value => SchemaJudge.Allows(schema, JsonElement.Parse(value), schema))];
            if (allowed.Length == 0)
            {
                continue; // perhaps nothing satisfies it
            }

            numAllowed++;
            GrammarAutomaton automaton = new(JsonSchemaGrammar.Compile(schema));
            Assert.All(RandomSchema.Scalars, value => Assert.True(allowed.Contains(value) == automaton.Accepts(value), $"{schema} {value}"));
            CheckWalks(schema, automaton, random);
        }

        Assert.InRange(numAllowed, 250, 400);
    }

    [Fact]
    public void Grammar_RandomStructures_LetThroughOnlyWhatSatisfiesThem()
    {
        Random random = new(12);
        RandomSchema generator = new(random);
        var (numCompiled, numRefused) = (0, 0);
        for (var i = 0; i < 400; i++)
        {
            var schema = JsonElement.Parse(generator.Document(2));
            var (grammar, isSupported) = TryCompile(schema);
            if (grammar is not null)
            {
                CheckWalks(schema, new(grammar), random);
                numCompiled++;
            }
            else if (isSupported)
            {
                numRefused++;
                Assert.DoesNotContain(Enumerable.Range(0, 300), _ => SchemaJudge.Allows(schema, JsonElement.Parse(generator.Value()), schema));
            }
        }

        Assert.InRange(numCompiled, 200, 399);
        Assert.InRange(numRefused, 1, 200);
    }

    /// <summary>Members stand in the order of their names in these schemas and values.</summary>
    [Fact]
    public void Grammar_RandomObjectsThatSatisfyTheSchema_AreLetThrough()
    {
        Random random = new(13);
        RandomSchema generator = new(random);
        var numAccepted = 0;
        for (var i = 0; i < 300; i++)
        {
            var schema = JsonElement.Parse(generator.Document(0));
            string[] values = [.. Enumerable.Range(0, 60).Select(_ => generator.Value()).Where(value => SchemaJudge.Allows(schema, JsonElement.Parse(value), schema))];
            if (values.Length > 0 && IsOrdered(schema) && TryCompile(schema).Grammar is { } grammar)
            {
                GrammarAutomaton automaton = new(grammar);
                Assert.All(values.Where(value => HasOnlyNamed(schema, value)), value => Assert.True(automaton.Accepts(value), $"{schema} {value}"));
                numAccepted += values.Count(value => HasOnlyNamed(schema, value));
            }
        }

        Assert.InRange(numAccepted, 300, int.MaxValue);
    }

    // Plain objects alone: with allOf and anyOf the members of one part stand before those of the next.
    private static bool IsOrdered(JsonElement schema) =>
        schema.TryGetProperty("properties", out _) && !schema.TryGetProperty("allOf", out _) && !schema.TryGetProperty("anyOf", out _) && !schema.TryGetProperty("$ref", out _)
        && !(schema.TryGetProperty("required", out var required) && required.EnumerateArray().Any(name => !schema.GetProperty("properties").TryGetProperty(name.GetString()!, out _)));

    private static bool HasOnlyNamed(JsonElement schema, string value) =>
        JsonElement.Parse(value).EnumerateObject().All(member => schema.GetProperty("properties").TryGetProperty(member.Name, out _));

    private static void CheckWalks(JsonElement schema, GrammarAutomaton automaton, Random random)
    {
        for (var walk = 0; walk < 12; walk++)
        {
            var text = automaton.RandomText(random, numFree: 10 + (walk * 8));
            using var value = JsonDocument.Parse(text);
            Assert.True(SchemaJudge.Allows(schema, value.RootElement, schema), $"{schema} {text}");
        }
    }

    /// <summary>The grammar, or whether that is because nothing satisfies the schema.</summary>
    private static (Grammar? Grammar, bool IsSupported) TryCompile(JsonElement schema)
    {
        try
        {
            return (JsonSchemaGrammar.Compile(schema), true);
        }
        catch (ArgumentException refused)
        {
            var isUnsupported = refused.Message.Contains("expected enum and const without other keywords", StringComparison.Ordinal);
            Assert.True(isUnsupported || refused.Message.EndsWith("found none.", StringComparison.Ordinal)
                || refused.Message.Contains("expected names that additionalProperties allows", StringComparison.Ordinal), refused.Message);
            return (null, !isUnsupported);
        }
    }
}
