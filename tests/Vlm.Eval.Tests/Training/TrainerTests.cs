using TorchSharp.Modules;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Core.Weights;
using Vlm.Eval.Training;
using static TorchSharp.torch;

namespace Vlm.Eval.Tests.Training;

/// <summary>The training smoke test: the real tasks on small batches.</summary>
[Collection(Alone.Name)]
public sealed class TrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("training-").FullName;
    private readonly LlavaConfig _config = SceneModel.Config();

    [Fact]
    public void Run_Answering_LowersTheLoss()
    {
        List<double> losses = [];
        using ParameterSet parameters = NewParameters();
        Answer(parameters, "loss", steps: 100, report => losses.Add(report.Loss));
        double[] told = [.. losses.Where(double.IsFinite)];
        Assert.Equal(2, told.Length);
        Assert.True(told[1] < told[0] / 2, $"first {told[0]}, then {told[1]}");
    }

    [Fact]
    public void Run_Resumed_EndsWithTheSameWeightsAndMoments()
    {
        using ParameterSet whole = NewParameters();
        using ParameterSet half = NewParameters();
        using ParameterSet rest = NewParameters();
        Assert.True(Answer(whole, "whole", 6, _ => { }));
        Assert.False(Answer(half, "parts", 6, _ => { }, stopAfter: 3));
        Assert.True(Answer(rest, "parts", 6, _ => { }));
        Assert.Equal(State("whole"), State("parts"));
    }

    [Fact]
    public void Run_Seeing_LearnsAndLeavesAState()
    {
        using SeeingTask task = new(_config, SceneModel.Preprocessor(_config), seed: 0, batchSize: 2);
        using var scope = NewDisposeScope();
        float before = task.Loss(task.Prepare(0)).item<float>();
        Trainer.Run(task, new TrainingOptions(Path.Combine(_folder, "seeing"), 12, TimeSpan.MaxValue) { WarmupSteps = 2 }, _ => { });
        Assert.True(task.Loss(task.Prepare(0)).item<float>() < before * 0.8);
        Assert.True(File.Exists(Path.Combine(_folder, "seeing", TrainingState.FileName)));
    }

    [Fact]
    public void Write_TrainedParameters_LoadsAsACheckpoint()
    {
        using ParameterSet parameters = NewParameters();
        string folder = Path.Combine(_folder, "checkpoint");
        CheckpointExport.Write(folder, _config, parameters);
        CheckpointExport.Write(folder, _config, parameters); // replaces
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        Assert.Equal(CheckpointFamily.Original, checkpoint.Config.Family);
        Assert.True(checkpoint.Config.PadToSquare);
        using Llava model = Llava.Load(checkpoint, ScalarType.Float32, CPU);
        Assert.Equal(_config.Text.VocabSize, model.Config.Text.VocabSize);
        Assert.Single(Directory.GetDirectories(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private byte[] State(string name) => File.ReadAllBytes(Path.Combine(_folder, name, TrainingState.FileName));

    private ParameterSet NewParameters() =>
        ParameterSet.Create(_config, [ModelPart.Vision, ModelPart.Projector, ModelPart.Language], seed: 1);

    private bool Answer(
        ParameterSet parameters, string name, long steps, Action<TrainingReport> report, int stopAfter = int.MaxValue)
    {
        using LlamaTokenizer tokenizer = LlamaTokenizer.Load(Path.GetDirectoryName(DefaultVocabulary.Find())!);
        using LabelFeatures features = new(_config.Vision.HiddenSize);
        using AnsweringTask task = new(
            _config, SceneModel.Preprocessor(_config), new QuestionEncoder(tokenizer), parameters, features,
            new AnsweringOptions { BatchSize = 2, QuestionsPerPicture = 4 });
        using CancellationTokenSource stop = new();
        return Trainer.Run(
            new Interrupted(task, stopAfter, stop),
            new TrainingOptions(Path.Combine(_folder, name), steps, TimeSpan.MaxValue) { WarmupSteps = 10 },
            report,
            stop.Token);
    }

    /// <summary>The user presses Ctrl-C during a step.</summary>
    private sealed class Interrupted(AnsweringTask task, int stopAfter, CancellationTokenSource stop) : ITrainingTask<QuestionBatch>
    {
        private int _steps;

        public ParameterSet Parameters => task.Parameters;

        public IEnumerable<(IEnumerable<Parameter> Parameters, double LearningRate)> Groups => task.Groups;

        public QuestionBatch Prepare(long number) => task.Prepare(number);

        public Tensor Loss(QuestionBatch batch)
        {
            if (++_steps == stopAfter)
            {
                stop.Cancel();
            }

            return task.Loss(batch);
        }

        public IReadOnlyDictionary<string, double> Validate() => task.Validate();
    }
}
