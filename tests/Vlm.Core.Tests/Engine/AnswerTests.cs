using Vlm.Core.Engine;
using Vlm.Core.Tests.Models;
using Vlm.Core.Text;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Engine;

/// <summary>What becomes of one request's tokens: end, text, seeds, choices.</summary>
public class AnswerTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private const double Exact = 1e-9; // float64 through two layers, sums in another order

    [Fact]
    public void Generate_MaxTokens_EndsByLengthAndTextIsTheDecodedAndTrimmed()
    {
        using var driver = fixture.Drive();
        var outcome = driver.Run(fixture.Request(1, maxTokens: 12));
        Assert.Equal((FinishReason.Length, 12), (outcome.Finished.Reason, outcome.Ids.Length));
        Assert.Equal(fixture.Source.Tokenizer.Decode(outcome.Ids).Trim(), outcome.Text);
    }

    [Fact]
    public void Generate_StopText_CutsBeforeItAndFreesThePlace()
    {
        using var driver = fixture.Drive();
        var whole = driver.Run(fixture.Request(1, maxTokens: 24)).Text;
        var stop = whole.Substring(whole.Length / 2, 3);
        var outcome = driver.Run(
            fixture.Request(1, maxTokens: 24, sampling: new SamplingOptions { Stop = ["never there", stop] }));
        Assert.Equal(FinishReason.Stop, outcome.Finished.Reason);
        Assert.Equal(whole[..whole.IndexOf(stop, StringComparison.Ordinal)].Trim(), outcome.Text);
        Assert.InRange(outcome.Ids.Length, 1, 23);
    }

    [Fact]
    public void Generate_EndMark_StopsAndIsReportedButNotShown()
    {
        // A random model hardly says it; among many seeds one does.
        using var driver = fixture.Drive();
        var submitted = Enumerable.Range(0, 32).Select(i => driver.Submit(
            fixture.Request(1, maxTokens: 400, sampling: new SamplingOptions { Temperature = 2, Seed = (ulong)i })));
        List<ActiveRequest> active = [.. submitted];
        driver.RunToEnd();
        var stopped = active.Select(Outcome.Of).Where(outcome => outcome.Finished.Reason == FinishReason.Stop).ToList();
        Assert.NotEmpty(stopped);
        Assert.All(stopped, outcome =>
        {
            Assert.Equal(fixture.Source.Tokenizer.EosId, outcome.Ids[^1]);
            Assert.DoesNotContain(fixture.Source.Tokenizer.EosId, outcome.Ids[..^1]);
            Assert.Equal(fixture.Source.Tokenizer.Decode(outcome.Ids[..^1]).Trim(), outcome.Text);
        });
    }

    [Fact]
    public void Generate_SameSeed_SameIdsAloneAndInABatch()
    {
        var request = fixture.Request(
            1, numPictures: 1, maxTokens: 16, sampling: new SamplingOptions { Temperature = 1, TopP = 0.9, Seed = 77 });
        using var driver = fixture.Drive();
        var alone = driver.Run(request).Ids;
        var (again, other) = (
            driver.Submit(request), driver.Submit(request with { Sampling = request.Sampling with { Seed = 78 } }));
        driver.RunToEnd();
        Assert.Equal(alone, Outcome.Of(again).Ids);
        Assert.NotEqual(alone, Outcome.Of(other).Ids);
    }

    [Fact]
    public void Generate_Logprobs_NameTheChosenAndTheBest()
    {
        using var driver = fixture.Drive();
        var outcome = driver.Run(fixture.Request(1, sampling: new SamplingOptions { Logprobs = 3 }));
        Assert.All(outcome.Tokens, token =>
        {
            Assert.Equal(token.Logprobs!.Top[0], token.Logprobs.Chosen);
            Assert.Equal(token.Id, token.Logprobs.Chosen.Id);
            Assert.Equal(3, token.Logprobs.Top.Count);
            Assert.True(token.Logprobs.Top[0].Logprob >= token.Logprobs.Top[2].Logprob);
        });
    }

    [Theory]
    [InlineData(4, 1024)]
    [InlineData(16, 16)]
    [InlineData(1024, 1024)]
    public void Choices_AnyBlockAndStepSize_EqualScoringEachAloneWithoutTheEngine(int blockSize, int maxStepTokens)
    {
        int[][] choices = [[10, 20, 30], [11], [10, 20, 31, 40, 50], [12, 13]];
        var request = fixture.Request(5, numPictures: 1, merge: EngineFixture.Merges[1]) with { Choices = choices };
        using var driver = fixture.Drive(new EngineOptions { BlockSize = blockSize, MaxStepTokens = maxStepTokens });
        var busy = driver.Submit(fixture.Request(6, maxTokens: 30));
        var outcome = driver.Run(request);
        Assert.Empty(outcome.Tokens);
        var expected = choices.Select(choice => Score(request, choice));
        Assert.Equal(expected, outcome.Finished.ChoiceLogprobs!, (x, y) => Math.Abs(x - y) < Exact);
        Assert.Equal(30, Outcome.Of(busy).Ids.Length);
        Assert.Equal(driver.Core.Load.Blocks, driver.Core.Load.FreeBlocks);
    }

    // One forward over prompt and choice, nothing shared and nothing in chunks.
    private double Score(GenerationRequest request, int[] choice)
    {
        using var scope = NewDisposeScope();
        var model = fixture.Model;
        var pixels = tensor(request.Images[0].Data, [1, 3, 56, 56]);
        using var vision = model.EncodeImages(pixels, request.Merge);
        var ids = request.PromptIds.Concat(choice).ToArray();
        var embeddings = cat([.. ids.Select(id => id == LlamaTokenizer.ImagePlaceholder
            ? vision.Projected.select(0, 0)
            : model.Language.EmbedTokens(tensor(new long[] { id })))]);
        var numTokens = (int)embeddings.shape[0];
        using var cache = new KvCache(model.Config.Text, 1, numTokens, model.DType, model.Device);
        var hidden = model.Language.Forward(
            embeddings, new PagedSequences(cache, count: 1).Append((0, numTokens)), cache);
        var logprobs = model.Language.Logits(hidden).narrow(1, 0, fixture.Source.Tokenizer.VocabSize).log_softmax(1);
        return choice.Select((id, i) => logprobs.At(numTokens - choice.Length + i - 1, id).item<double>()).Sum();
    }
}
