using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Eval.Runs;
using Vlm.Eval.Scenes;
using Vlm.Merge;

namespace Vlm.Eval.Tests.Scenes;

/// <summary>The checkpoint that ships, on questions nobody trained or chose it by.</summary>
public class EmbeddedCheckpointTests
{
    // Below what 10,000 questions gave (docs/results.md): 500 have a standard error of about 4 points per family.
    private static readonly Dictionary<string, double> Floors = new()
    {
        [SceneFamilies.Vqa] = 92,
        [SceneFamilies.Gqa] = 84,
        [SceneFamilies.Pope] = 95,
        [SceneFamilies.Text] = 92,
    };

    [Fact]
    public async Task RunAsync_FreshTestQuestions_AnswersAsWellAsStated()
    {
        string folder = Path.Combine(Testing.Golden.Root, "assets", "checkpoints", "scenes");
        using ModelSource source = ModelSource.Open(folder);
        using ChatPreparer preparer = new(source.Tokenizer, source.Preprocessor, source.Description);
        await using EngineGroup engines = await EngineGroup.StartAsync(source, new EngineOptions().MaxBatchSize, 1, CancellationToken.None);
        SceneEvaluation evaluation = new(new EngineAnswerer(source, folder, engines, preparer), engines.All[0]);
        await foreach (SceneScore score in evaluation.RunAsync([MergeSpec.None], SceneSplit.Test, seed: 271828, count: 500, withNoise: false))
        {
            Assert.Equal(500, score.Questions);
            Assert.All(Floors, floor => Assert.True(score.Accuracy[floor.Key] >= floor.Value, $"{floor.Key}: {score.Accuracy[floor.Key]:0.0} %"));
        }
    }
}
