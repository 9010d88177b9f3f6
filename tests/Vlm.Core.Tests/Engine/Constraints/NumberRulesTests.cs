using System.Globalization;
using System.Numerics;

namespace Vlm.Core.Tests.Engine.Constraints;

public sealed class NumberRulesTests
{
    [Fact]
    public void Integer_RandomBoundsAndMultiples_AreExactlyTheNumbersWithin()
    {
        Random random = new(1);
        for (var i = 0; i < 60; i++)
        {
            var (min, max) = (random.Next(-900, 300), random.Next(-300, 900));
            var (isMinExclusive, isMaxExclusive) = (random.Next(2) == 0, random.Next(2) == 0);
            var multiple = random.Next(3) == 0 ? random.Next(2, 40) : 1;
            bool IsWithin(int value) => (isMinExclusive ? value > min : value >= min) && (isMaxExclusive ? value < max : value <= max) && value % multiple == 0;
            var schema = $$"""
                {"type": "integer", "{{(isMinExclusive ? "exclusiveMinimum" : "minimum")}}": {{min}},
                 "{{(isMaxExclusive ? "exclusiveMaximum" : "maximum")}}": {{max}}, "multipleOf": {{multiple}}}
                """;
            if (!Enumerable.Range(-1000, 2000).Any(IsWithin))
            {
                Refused(schema, "#: expected a number that satisfies its keywords, found none.");
                continue;
            }

            var automaton = GrammarWalk.Automaton(schema);
            Assert.All(Enumerable.Range(-1000, 2000), value => Assert.Equal(IsWithin(value), automaton.Accepts(Text(value))));
        }
    }

    [Fact]
    public void Integer_BoundsOf64Bits_AreKeptToTheLastDigit()
    {
        Random random = new(2);
        for (var i = 0; i < 40; i++)
        {
            var (a, b) = (random.NextInt64(long.MinValue, long.MaxValue), random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(60));
            var (min, max) = (BigInteger.Min(a, b), BigInteger.Max(a, b));
            var automaton = GrammarWalk.Automaton($$"""{"type": "integer", "minimum": {{min}}, "maximum": {{max}}}""");

            Assert.True(automaton.Accepts($"{min}") && automaton.Accepts($"{max}"));
            Assert.False(automaton.Accepts($"{min - 1}") || automaton.Accepts($"{max + 1}"));
            for (var walk = 0; walk < 20; walk++)
            {
                Assert.InRange(BigInteger.Parse(automaton.RandomText(random), CultureInfo.InvariantCulture), min, max);
            }
        }
    }

    [Fact]
    public void Number_RandomBoundsAndMultiples_AreExactlyTheDecimalsWithin()
    {
        Random random = new(3);
        decimal?[] multiples = [null, null, 0.01m, 0.1m, 0.5m, 0.25m, 2.5m, 0.003m, 3];
        for (var i = 0; i < 60; i++)
        {
            var (low, high) = (random.Next(-5000, 3000) / 100m, random.Next(-3000, 5000) / 1000m);
            var (min, max, multiple) = (Math.Min(low, high), Math.Max(low, high) + 10, multiples[i % multiples.Length]);
            bool IsWithin(decimal value) => value > min && value <= max && (multiple is not { } step || value % step == 0);
            var factor = multiple is { } given ? $", \"multipleOf\": {Text(given)}" : "";
            var automaton = GrammarWalk.Automaton($$"""{"type": "number", "exclusiveMinimum": {{Text(min)}}, "maximum": {{Text(max)}}{{factor}}}""");

            for (var thousandths = -60_000; thousandths < 20_000; thousandths += random.Next(1, 12))
            {
                var value = (thousandths / 1000m).ToString("0.###", CultureInfo.InvariantCulture);
                Assert.Equal(IsWithin(thousandths / 1000m), automaton.Accepts(value));
            }

            for (var walk = 0; walk < 20; walk++)
            {
                var text = automaton.RandomText(random);
                Assert.True(IsWithin(decimal.Parse(text, CultureInfo.InvariantCulture)), text);
                Assert.True(double.Parse(text, CultureInfo.InvariantCulture) > (double)min, text); // as JavaScript sees it
            }
        }
    }

    [Theory]
    [InlineData("""{"type": "integer", "minimum": 0}""", "0", "999999999999999")]
    [InlineData("""{"type": "integer", "exclusiveMaximum": -5}""", "-6", "-999999999999999")]
    [InlineData("""{"type": "integer", "minimum": -9007199254740991, "maximum": 9007199254740991}""", "9007199254740991", "-9007199254740991")]
    [InlineData("""{"type": "integer", "minimum": 9007199254740991}""", "9007199254740991", "12345678901234567")]
    [InlineData("""{"type": "integer", "minimum": 2.5, "maximum": 4.5}""", "3", "4")]
    [InlineData("""{"type": "integer", "multipleOf": 2.5}""", "-5", "10")]
    [InlineData("""{"type": "integer", "multipleOf": 0.1}""", "-1", "12")]
    [InlineData("""{"type": "integer", "minimum": 5, "exclusiveMinimum": true, "maximum": 7, "exclusiveMaximum": false}""", "6", "7")]
    [InlineData("""{"type": "integer", "minimum": 1e2, "maximum": 100.0}""", "100", "100")]
    [InlineData("""{"type": "number", "minimum": 0}""", "0", "99999.5")]
    [InlineData("""{"type": "number", "minimum": 0, "maximum": 1}""", "0.12345678901234", "1.00")]
    [InlineData("""{"type": "number", "minimum": -1.7976931348623157E+308, "maximum": 1.7976931348623157E+308}""", "-1.5", "123456789012345")]
    [InlineData("""{"type": "number", "multipleOf": 0.01}""", "-0.07", "1234567890123.45")]
    [InlineData("""{"type": "number", "multipleOf": 5}""", "0", "-15")]
    [InlineData("""{"type": "number", "exclusiveMinimum": 0, "maximum": 0.05}""", "0.001", "0.05")]
    [InlineData("""{"minimum": 3}""", "3", "3.5")]
    [InlineData("""{"type": ["integer", "null"], "minimum": 3}""", "3", "null")]
    public void Number_Within_IsAccepted(string schema, string one, string another)
    {
        var automaton = GrammarWalk.Automaton(schema);

        Assert.True(automaton.Accepts(one), one);
        Assert.True(automaton.Accepts(another), another);
    }

    [Theory]
    [InlineData("""{"type": "integer", "minimum": 0}""", "-1")]
    [InlineData("""{"type": "integer", "minimum": 0}""", "-0")]
    [InlineData("""{"type": "integer", "minimum": 0}""", "01")]
    [InlineData("""{"type": "integer", "minimum": 0}""", "1.0")]
    [InlineData("""{"type": "integer", "minimum": 0}""", "1e1")]
    [InlineData("""{"type": "integer", "minimum": 5, "exclusiveMinimum": true}""", "5")]
    [InlineData("""{"type": "integer", "exclusiveMinimum": 5, "minimum": 3}""", "5")]
    [InlineData("""{"type": "number", "minimum": 0.1}""", "0.0999")]
    [InlineData("""{"type": "number", "minimum": 0.1}""", "1.")]
    [InlineData("""{"type": "number", "minimum": 0.1}""", "1e5")]
    [InlineData("""{"type": "number", "multipleOf": 0.01}""", "0.001")]
    [InlineData("""{"type": "number", "maximum": 1}""", "0.1234567890123456")]
    [InlineData("""{"minimum": 3}""", "2")]
    [InlineData("""{"minimum": 3}""", "\"x\"")]
    public void Number_Outside_IsRefused(string schema, string text) => Assert.False(GrammarWalk.Automaton(schema).Accepts(text));

    [Theory]
    [InlineData("""{"type": "integer", "minimum": 5, "maximum": 4}""", "#: expected a number that satisfies its keywords, found none.")]
    [InlineData("""{"type": "integer", "minimum": 1, "maximum": 4, "multipleOf": 5}""", "#: expected a number that satisfies its keywords, found none.")]
    [InlineData("""{"type": "integer", "minimum": 1e30}""", "#: expected a number that satisfies its keywords, found none.")]
    [InlineData("""{"type": "number", "exclusiveMinimum": 0, "maximum": 1e-30}""", "#: expected a number that satisfies its keywords, found none.")]
    [InlineData("""{"type": "integer", "minimum": 1e400000}""", "#.minimum: expected a number of at most 400 digits, found more.")]
    [InlineData("""{"type": "integer", "minimum": "1"}""", "#.minimum: expected a number, found String.")]
    [InlineData("""{"type": "integer", "exclusiveMaximum": "1"}""", "#.exclusiveMaximum: expected a number, found String.")]
    [InlineData("""{"type": "integer", "multipleOf": 0}""", "#.multipleOf: expected a number above 0, found 0.")]
    [InlineData("""{"type": "integer", "multipleOf": -2}""", "#.multipleOf: expected a number above 0, found -2.")]
    [InlineData("""{"type": "number", "multipleOf": 1e-16}""", "#.multipleOf: expected at most 15 digits behind the point, found 16.")]
    [InlineData("""{"type": "integer", "multipleOf": 1000003}""", "#.multipleOf: expected at most 1000000, the point left out, found more.")]
    [InlineData("""{"type": "integer", "multipleOf": 999983}""", "schema: expected patterns, ranges and allOf that compile in")]
    public void Compile_BoundsThatCannotBeKept_Throws(string schema, string message) => Refused(schema, message);

    private static void Refused(string schema, string message) => Assert.StartsWith(
        message, Assert.Throws<ArgumentException>(() => GrammarWalk.Compile(schema)).Message, StringComparison.Ordinal);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
