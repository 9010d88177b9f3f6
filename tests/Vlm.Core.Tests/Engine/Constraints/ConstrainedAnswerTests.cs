using System.Text.Json;
using Vlm.Core.Engine;
using Vlm.Core.Engine.Constraints;

namespace Vlm.Core.Tests.Engine.Constraints;

/// <summary>Random weights say anything; the mask makes it JSON.</summary>
public sealed class ConstrainedAnswerTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private const string Schema =
        """
        {"type": "object", "properties": {
          "colour": {"enum": ["red", "green"]}, "count": {"type": "integer"}, "note": {"type": "string"}},
         "required": ["colour", "count"]}
        """;

    [Theory]
    [InlineData(60, 0)]
    [InlineData(100, 0)]
    [InlineData(60, 1.5)]
    [InlineData(200, 1.5)]
    public void Answer_UnderASchema_SatisfiesItWithinTheTokenLimit(int maxTokens, double temperature)
    {
        using var driver = fixture.Drive();
        for (var seed = 0; seed < 8; seed++)
        {
            var outcome = driver.Run(Request(seed, maxTokens, temperature) with { Grammar = Compile(Schema) });

            Assert.Equal(FinishReason.Stop, outcome.Finished.Reason);
            using var json = JsonDocument.Parse(outcome.Text);
            Assert.Matches("^(red|green)$", json.RootElement.GetProperty("colour").GetString());
            Assert.True(json.RootElement.GetProperty("count").TryGetInt64(out _));
        }
    }

    [Fact]
    public void Answer_AsAnyObject_IsOneWhateverTheSeed()
    {
        using var driver = fixture.Drive();
        for (var seed = 0; seed < 8; seed++)
        {
            var outcome = driver.Run(Request(seed, 50, temperature: 1) with { Grammar = JsonSchemaGrammar.AnyObject });

            Assert.Equal(FinishReason.Stop, outcome.Finished.Reason);
            Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(outcome.Text).RootElement.ValueKind);
        }
    }

    [Fact]
    public void Answer_WithFewerTokensThanTheShortestText_IsItsBeginning()
    {
        using var driver = fixture.Drive();

        var outcome = driver.Run(Request(1, 3, temperature: 0) with { Grammar = Compile(Schema) });

        Assert.Equal(FinishReason.Length, outcome.Finished.Reason);
        Assert.StartsWith("{", outcome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_BesideAConstrainedOne_IsAsAlone()
    {
        using var driver = fixture.Drive();
        var free = Request(3, 20, temperature: 1);
        var alone = driver.Run(free).Ids;

        var constrained = driver.Submit(Request(4, 40, temperature: 1) with { Grammar = Compile(Schema) });
        var beside = driver.Submit(free);
        driver.RunToEnd();

        Assert.Equal(alone, Outcome.Of(beside).Ids);
        Assert.Equal(FinishReason.Stop, Outcome.Of(constrained).Finished.Reason);
    }

    [Fact]
    public void Constraint_AStateForEachToken_KeepsFewOfItsLists()
    {
        var tokenizer = fixture.Source.Tokenizer;
        var grammar = Compile("""{"type": "string", "maxLength": 4096}""");
        var letter = tokenizer.EncodeText("a", prefix: false)[^1];

        TokenConstraint constraint = new(grammar, tokenizer.Trie, tokenizer.EosId);
        constraint.Accept(tokenizer.EncodeText("\"", prefix: false)[^1]);
        for (var i = 0; i < 3 * TokenConstraint.MaxLists; i++)
        {
            Assert.Contains((long)letter, constraint.Allowed(4096));
            constraint.Accept(letter);
            Assert.InRange(constraint.NumLists, 1, TokenConstraint.MaxLists);
        }
    }

    [Fact]
    public void Automaton_LongestBoundedString_IsFollowedToItsEnd()
    {
        var automaton = new GrammarAutomaton(Compile("""{"type": "string", "maxLength": 4096}"""));
        var state = automaton.Step(automaton.Start, (byte)'"');
        for (var i = 0; i < 4096; i++)
        {
            _ = fixture.Source.Tokenizer.Trie.Reachable(automaton, state); // as the engine looks at each state
            state = automaton.Step(state, (byte)'a');
        }

        Assert.InRange(automaton.Size, 0, GrammarAutomaton.MaxSize / 4);
        Assert.Equal(GrammarAutomaton.Dead, automaton.Step(state, (byte)'a'));
        Assert.True(automaton.IsAccepting(automaton.Step(state, (byte)'"')));
    }

    private GenerationRequest Request(int seed, int maxTokens, double temperature) => fixture.Request(
        seed, maxTokens: maxTokens, sampling: new SamplingOptions { Temperature = temperature, Seed = (ulong)seed });

    private static Grammar Compile(string schema) => JsonSchemaGrammar.Compile(JsonElement.Parse(schema));
}
