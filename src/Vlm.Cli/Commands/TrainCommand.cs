using System.CommandLine;
using System.Globalization;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Core.Weights;
using Vlm.Eval.Training;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm train ...</c>.</summary>
internal static class TrainCommand
{
    public static Command Create() => new("train", "Training of the embedded checkpoint.") { Scenes() };

    private static Command Scenes()
    {
        Option<string> stage = new("--stage") { Description = "seeing.", DefaultValueFactory = _ => "seeing" };
        Option<long> steps = new("--steps") { Description = "Steps of the stage.", DefaultValueFactory = _ => 2000 };
        Option<double> minutes = new("--minutes") { Description = "This run stops after it.", DefaultValueFactory = _ => 120 };
        Option<DirectoryInfo> folder = new("--out") { Description = "State and log.", Required = true };
        Option<string> features = new("--features") { DefaultValueFactory = _ => "labels" };
        Option<DirectoryInfo?> tower = new("--tower");
        Option<DirectoryInfo?> language = new("--language");
        Option<double> rate = new("--rate") { DefaultValueFactory = _ => 3e-3 };
        Option<double> towerRate = new("--tower-rate") { DefaultValueFactory = _ => 0 };
        Option<int> kept = new("--kept") { DefaultValueFactory = _ => 112 };
        Option<int> curriculum = new("--curriculum") { DefaultValueFactory = _ => 300 };
        Command command = new("scenes", "Trains.") { stage, steps, minutes, folder, features, tower, language, rate, towerRate, kept, curriculum };
        command.SetAction((parsed, cancel) =>
        {
            LlavaConfig config = SceneModel.Config();
            TrainingOptions options = new(
                parsed.GetValue(folder)!.FullName, parsed.GetValue(steps), TimeSpan.FromMinutes(parsed.GetValue(minutes)));
            if (parsed.GetValue(stage) == "answering")
            {
                using LlamaTokenizer tokenizer = LlamaTokenizer.Load(Path.GetDirectoryName(DefaultVocabulary.Find())!);
                using ParameterSet parameters = ParameterSet.Create(config, [ModelPart.Vision, ModelPart.Projector, ModelPart.Language], 1);
                if (parsed.GetValue(tower) is { } t)
                {
                    TrainingState.LoadParameters(t.FullName, "vision_tower", parameters);
                }

                if (parsed.GetValue(language) is { } l)
                {
                    TrainingState.LoadParameters(l.FullName, "language_model", parameters);
                    TrainingState.LoadParameters(l.FullName, "multi_modal_projector", parameters);
                }

                double tr = parsed.GetValue(towerRate);
                using ISceneFeatures f = parsed.GetValue(features) == "labels"
                    ? new LabelFeatures(config.Vision.HiddenSize)
                    : new TowerFeatures(parameters, config, MergeSpec.None, tr > 0);
                using AnsweringTask answering = new(config, SceneModel.Preprocessor(config), new QuestionEncoder(tokenizer), parameters, f, new AnsweringOptions
                {
                    LearningRate = parsed.GetValue(rate),
                    TowerRate = tr,
                    KeptPatches = parsed.GetValue(kept),
                    CurriculumSteps = parsed.GetValue(curriculum),
                });
                Trainer.Run(answering, options, Print, cancel);
                return Task.FromResult(Invocation.Done);
            }

            using SeeingTask task = new(config, SceneModel.Preprocessor(config), 0);
            Trainer.Run(task, options, Print, cancel);
            return Task.FromResult(Invocation.Done);
        });
        return command;
    }

    private static void Print(TrainingReport report) => Console.WriteLine(report.Scores.Count == 0
        ? string.Create(CultureInfo.InvariantCulture, $"step {report.Step}: loss {report.Loss:0.0000}, {report.StepsPerSecond:0.00} steps/s")
        : $"step {report.Step}: " + string.Join(", ", report.Scores.Select(s => string.Create(CultureInfo.InvariantCulture, $"{s.Key} {s.Value:0.000}"))));
}
