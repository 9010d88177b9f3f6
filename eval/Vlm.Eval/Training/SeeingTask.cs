using TorchSharp.Modules;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Eval.Scenes;
using Vlm.Merge;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>
/// First stage: the tower learns to tell, for every patch, what stands there (shape, colour, size, pattern, character and
/// its place, the thing's centre), by one linear layer that is not shipped. Crowded scenes give it much to see.
/// </summary>
public sealed class SeeingTask : ITrainingTask<ScenePictures>, IDisposable
{
    private const string Tower = "vision_tower.vision_model";
    private const int ValidationPictures = 64;
    private const double LearningRate = 1.5e-3;
    private const double CentreWeight = 2;

    private static readonly int Outputs = PatchLabels.Groups.Sum(group => group.Classes) + 2;

    private readonly LlavaConfig _config;
    private readonly int _batchSize;
    private readonly ClipImageProcessor _processor;
    private readonly ClipVision _tower;
    private readonly ScenePictures _validation;

    /// <param name="config">The model.</param>
    /// <param name="preprocessor">Of the checkpoint to be.</param>
    /// <param name="seed">Decides the first weights.</param>
    /// <param name="batchSize">Pictures per step.</param>
    public SeeingTask(LlavaConfig config, PreprocessorConfig preprocessor, long seed, int batchSize = 32)
    {
        (_config, _batchSize) = (config, batchSize);
        _processor = new ClipImageProcessor(preprocessor) { MaxThreads = 1 };
        Parameters = ParameterSet.Create(config, [ModelPart.Vision], seed);
        Parameters.Add("dense.weight", zeros(Outputs, config.Vision.HiddenSize));
        Parameters.Add("dense.bias", zeros(Outputs));
        _tower = new ClipVision(new WeightScope(Parameters).Scope(Tower), config.Vision, config.FeatureLayer, false);
        _validation = Pictures(SceneSplit.Validation, 0, ValidationPictures, isCrowded: false);
    }

    /// <inheritdoc/>
    public ParameterSet Parameters { get; }

    /// <inheritdoc/>
    public IEnumerable<(IEnumerable<Parameter>, double)> Groups => [(Parameters.Under(""), LearningRate)];

    private int GridSize => _config.Vision.ImageSize / _config.Vision.PatchSize;

    /// <inheritdoc/>
    public ScenePictures Prepare(long number) =>
        Pictures(SceneSplit.Train, number * _batchSize, _batchSize, isCrowded: number % 4 != 3);

    /// <inheritdoc/>
    public Tensor Loss(ScenePictures batch)
    {
        Tensor outputs = Forward(batch);
        Tensor loss = CentreLoss(batch, outputs.narrow(1, Outputs - 2, 2)) * CentreWeight;
        int at = 0;
        for (int group = 0; group < PatchLabels.Groups.Length; at += PatchLabels.Groups[group++].Classes)
        {
            loss += nn.functional.cross_entropy(
                outputs.narrow(1, at, PatchLabels.Groups[group].Classes), batch.Classes(group));
        }

        return loss;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Validate()
    {
        using var noGradients = no_grad();
        using var scope = NewDisposeScope();
        Tensor outputs = Forward(_validation);
        Dictionary<string, double> scores = [];
        int at = 0;
        for (int group = 0; group < PatchLabels.Groups.Length; at += PatchLabels.Groups[group++].Classes)
        {
            (string name, int classes) = PatchLabels.Groups[group];
            Tensor truth = _validation.Classes(group);
            Tensor isThing = (truth > 0).to(ScalarType.Float32);
            Tensor isRight = (outputs.narrow(1, at, classes).argmax(1) == truth).to(ScalarType.Float32);
            scores.Add(name, ((isRight * isThing).sum() / isThing.sum()).item<float>());
        }

        return scores;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tower.Dispose();
        Parameters.Dispose();
    }

    // [B · N, Outputs]
    private Tensor Forward(ScenePictures batch)
    {
        using var merging = TokenMergers.Begin(MergeSpec.None, _config.MergeShape);
        Tensor features = _tower.Forward(batch.ToTensor(_config.Vision.ImageSize), merging); // [B, N, C]
        return nn.functional.linear(
            features.reshape(-1, _config.Vision.HiddenSize), Parameters["dense.weight"], Parameters["dense.bias"]);
    }

    private static Tensor CentreLoss(ScenePictures batch, Tensor centres)
    {
        Tensor truth = tensor((float[])[.. batch.Labels.SelectMany(labels => labels.Centres)], [centres.shape[0], 2]);
        Tensor mask = tensor((float[])[.. batch.Labels.SelectMany(labels => labels.HasThing)], [centres.shape[0], 1]);
        return ((centres - truth).square() * mask).sum() / mask.sum();
    }

    private ScenePictures Pictures(SceneSplit split, long first, int count, bool isCrowded)
    {
        Scene[] scenes = [.. Enumerable.Range(0, count).Select(i =>
        {
            ulong seed = SceneSeeds.Of(split, 0, first + i);
            return isCrowded ? SceneSampler.Crowded(seed) : SceneSampler.Ordinary(seed, hasBoard: i % 2 == 0);
        })];
        return ScenePictures.Of(scenes, _processor, GridSize);
    }
}
