using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Core.Weights;
using Vlm.Merge;

namespace Vlm.Eval.Training;

/// <summary>One part of the recipe.</summary>
/// <param name="Name">Also its folder.</param>
/// <param name="Steps">Of the whole stage.</param>
/// <param name="Tower">Earlier stage whose tower it starts from, or null.</param>
/// <param name="Language">Earlier stage whose projector and language model it starts from, or null.</param>
/// <param name="Answering">How it learns to answer; null learns to see.</param>
public sealed record TrainingStage(string Name, long Steps, string? Tower, string? Language, AnsweringOptions? Answering);

/// <summary>
/// The recipe of the embedded checkpoint: <c>seeing</c> (tower alone, dense labels), <c>speaking</c> (language model alone,
/// on the labels; needs nothing of the first, so both can run at once), <c>answering</c> (language model on the tower's
/// features), <c>joint</c> (everything, all patches). Each stage resumes exactly and ends with a checkpoint folder.
/// </summary>
public sealed class ScenesTraining
{
    private readonly string _folder;
    private readonly MergeSpec _merge;
    private readonly long? _steps;
    private readonly LlavaConfig _config = SceneModel.Config();
    private readonly PreprocessorConfig _preprocessor;

    /// <param name="folder">Where states, logs and checkpoints go; one folder per stage.</param>
    /// <param name="merge">Merging inside the tower from the stage <c>answering</c> on (the paper's "retrained").</param>
    /// <param name="steps">Steps of every stage instead of the recipe's.</param>
    public ScenesTraining(string folder, MergeSpec merge, long? steps = null)
    {
        (_folder, _merge, _steps) = (folder, merge, steps);
        _preprocessor = SceneModel.Preprocessor(_config);
    }

    /// <summary>The stages in order.</summary>
    public static IReadOnlyList<TrainingStage> Stages { get; } =
    [
        new("seeing", 1750, null, null, null),
        new("speaking", 5000, null, null, new AnsweringOptions()),
        new("answering", 1500, "seeing", "speaking", new AnsweringOptions { LearningRate = 2.5e-3, EasySteps = 700 }),
        new("joint", 6400, "answering", "answering", new AnsweringOptions { LearningRate = 2e-3, TowerRate = 2e-4, EasySteps = 0 }),
    ];

    /// <summary>Runs stages that are not complete, in order, until the time is over.</summary>
    /// <param name="names">Stages to run.</param>
    /// <param name="limit">Time for all of them.</param>
    /// <param name="report">Told losses and scores with the stage's name.</param>
    /// <param name="cancel">Stops after the running step, saved.</param>
    /// <returns>True when all of them are complete.</returns>
    /// <exception cref="InvalidDataException">A stage needs an earlier one that has no state.</exception>
    public bool Run(
        IReadOnlyCollection<string> names, TimeSpan limit, Action<string, TrainingReport> report, CancellationToken cancel = default)
    {
        DateTime end = DateTime.UtcNow + limit;
        return Stages.Where(stage => names.Contains(stage.Name)).All(stage =>
            Run(stage, end - DateTime.UtcNow, told => report(stage.Name, told), cancel));
    }

    private bool Run(TrainingStage stage, TimeSpan limit, Action<TrainingReport> report, CancellationToken cancel)
    {
        TrainingOptions options = new(Path.Combine(_folder, stage.Name), _steps ?? stage.Steps, limit);
        if (stage.Answering is null)
        {
            using SeeingTask seeing = new(_config, _preprocessor, seed: 0);
            return Trainer.Run(seeing, options, report, cancel);
        }

        using ParameterSet parameters = Start(stage);
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(Path.GetDirectoryName(DefaultVocabulary.Find())!);
        using ISceneFeatures features = stage.Tower is null
            ? new LabelFeatures(_config.Vision.HiddenSize)
            : new TowerFeatures(parameters, _config, _merge, stage.Answering.TowerRate > 0);
        using AnsweringTask answering = new(
            _config, _preprocessor, new QuestionEncoder(tokenizer), parameters, features, Options(stage.Answering));
        bool isDone = Trainer.Run(answering, options, report, cancel);
        CheckpointExport.Write(Path.Combine(_folder, stage.Name, "checkpoint"), _config, parameters);
        return isDone;
    }

    // Merged tokens stand for no single patch, so none can be left out or looked at by its label.
    private AnsweringOptions Options(AnsweringOptions options) =>
        _merge == MergeSpec.None ? options : options with { LeavesOutGround = false, GroundingWeight = 0 };

    private ParameterSet Start(TrainingStage stage)
    {
        ParameterSet parameters = ParameterSet.Create(
            _config, [ModelPart.Vision, ModelPart.Projector, ModelPart.Language], seed: 1);
        Load(stage.Tower, "vision_tower", parameters);
        Load(stage.Language, "multi_modal_projector", parameters);
        Load(stage.Language, "language_model", parameters);
        return parameters;
    }

    private void Load(string? stage, string prefix, ParameterSet parameters)
    {
        if (stage is not null)
        {
            TrainingState.LoadParameters(Path.Combine(_folder, stage), prefix, parameters);
        }
    }
}
