using TorchSharp.Modules;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Eval.Scenes;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>How the language model learns.</summary>
public sealed record AnsweringOptions
{
    /// <summary>Largest learning rate of projector and language model.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Largest learning rate of the tower; 0 leaves it as it is.</summary>
    public double TowerRate { get; init; }

    /// <summary>Pictures per step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Short questions per picture; one caption comes with them.</summary>
    public int QuestionsPerPicture { get; init; } = 16;

    /// <summary>Whether the language model gets, in three of four steps, only some of a picture's vectors (another number each
    /// step, so that it depends on none): all that show something and some of the ground.</summary>
    public bool LeavesOutGround { get; init; } = true;

    /// <summary>Steps in which half of the scenes have at most one or two objects.</summary>
    public int EasySteps { get; init; } = 4000;

    /// <summary>Weight of <see cref="Grounding"/>; 0 where merged tokens stand for no single object.</summary>
    public double GroundingWeight { get; init; } = 1.5;
}

/// <summary>Second stage: projector and language model (and the tower, if it has a learning rate) learn to
/// answer.</summary>
public sealed class AnsweringTask : ITrainingTask<QuestionBatch>, IDisposable
{
    private const int ValidationBatches = 4;
    private const int MaxObjects = 6;
    private const int AllPatchesEvery = 4; // steps
    private const int LeastPatches = 64;
    private const int MostPatches = 208;
    private const double CaptionWeight = 0.5;

    private static readonly int[] EasySizes = [1, 2, 4, MaxObjects];

    private readonly LlavaConfig _config;
    private readonly AnsweringOptions _options;
    private readonly ClipImageProcessor _processor;
    private readonly QuestionEncoder _encoder;
    private readonly ISceneFeatures _features;
    private readonly Projector _projector;
    private readonly TeacherForcedLlama _language;
    private readonly QuestionBatch[] _validation;

    /// <param name="config">The model.</param>
    /// <param name="preprocessor">Of the checkpoint to be.</param>
    /// <param name="encoder">Text to ids.</param>
    /// <param name="parameters">Projector and language model, and the tower where the features need it.</param>
    /// <param name="features">What the language model sees.</param>
    /// <param name="options">Rates and data.</param>
    public AnsweringTask(
        LlavaConfig config, PreprocessorConfig preprocessor, QuestionEncoder encoder, ParameterSet parameters,
        ISceneFeatures features, AnsweringOptions options)
    {
        (_config, _options, _encoder, _features, Parameters) = (config, options, encoder, features, parameters);
        _processor = new ClipImageProcessor(preprocessor) { MaxThreads = 1 };
        _projector = new Projector(new WeightScope(parameters).Scope("multi_modal_projector"), config);
        _language = new TeacherForcedLlama(parameters, config.Text);
        _validation = [.. Enumerable.Range(0, ValidationBatches).Select(i =>
            Batch(SceneSplit.Validation, i * _options.BatchSize, isEasy: false, leavesOut: false))];
    }

    /// <inheritdoc/>
    public ParameterSet Parameters { get; }

    /// <inheritdoc/>
    public IEnumerable<(IEnumerable<Parameter>, double)> Groups
    {
        get
        {
            yield return (Parameters.Under("multi_modal_projector").Concat(Parameters.Under("language_model")), _options.LearningRate);
            if (_options.TowerRate > 0)
            {
                yield return (Parameters.Under("vision_tower"), _options.TowerRate);
            }
        }
    }

    /// <inheritdoc/>
    public QuestionBatch Prepare(long number) => Batch(
        SceneSplit.Train,
        number * _options.BatchSize,
        isEasy: number < _options.EasySteps,
        _options.LeavesOutGround && number % AllPatchesEvery != 0);

    /// <inheritdoc/>
    public Tensor Loss(QuestionBatch batch)
    {
        Grounding? grounding = NewGrounding(batch);
        Tensor[] losses = [.. Forward(batch, grounding).Zip(batch.Groups, (logits, group) =>
            nn.functional.cross_entropy(logits, tensor(group.Targets)))];
        Tensor loss = losses[0] + (losses[1] * CaptionWeight);
        return grounding?.Loss() is { } lost ? loss + (lost * _options.GroundingWeight) : loss;
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Validate()
    {
        List<(string Family, double Score)> scores = [];
        using var noGradients = no_grad();
        foreach (QuestionBatch batch in _validation)
        {
            using var scope = NewDisposeScope();
            Grounding? grounding = NewGrounding(batch);
            scores.AddRange(Forward(batch, grounding).Zip(batch.Groups).SelectMany(pair =>
                pair.Second.Score(pair.First.argmax(1).data<long>().ToArray())));
            if (grounding is not null)
            {
                scores.Add(("grounding", grounding.Share()));
            }
        }

        return scores.GroupBy(score => score.Family).OrderBy(family => family.Key, StringComparer.Ordinal)
            .ToDictionary(family => family.Key, family => family.Average(score => score.Score));
    }

    /// <inheritdoc/>
    public void Dispose() => _projector.Dispose();

    private Grounding? NewGrounding(QuestionBatch batch) =>
        _options.GroundingWeight > 0 ? new(batch, _encoder.Prefix.Length) : null;

    // Logits of the rows that predict an answer, per group.
    private IEnumerable<Tensor> Forward(QuestionBatch batch, Grounding? grounding)
    {
        Tensor pictures = _projector.Forward(batch.Select(_features.Forward(batch.Pictures))); // [B, N, C]
        Tensor start = _language.Embed(tensor((long[])[.. _encoder.Prefix])).expand(batch.Count, -1, -1);
        Tensor[] questions = [.. batch.Groups.Select(group =>
            _language.Embed(tensor(group.Ids, [batch.Count, group.PerPicture, group.Length])))];
        IReadOnlyList<Tensor> hidden = _language.Forward(
            cat([start, pictures], 1), questions, grounding is null ? null : grounding.Observe);
        return hidden.Zip(batch.Groups, (rows, group) => _language.Logits(rows.index_select(0, tensor(group.Rows))));
    }

    private QuestionBatch Batch(SceneSplit split, long first, bool isEasy, bool leavesOut)
    {
        List<Scene> scenes = [];
        List<SceneQuestion> questions = [];
        List<SceneQuestion> captions = [];
        for (int i = 0; i < _options.BatchSize; i++)
        {
            ulong seed = SceneSeeds.Of(split, 1, first + i);
            Scene scene = SceneSampler.Ordinary(seed, hasBoard: i % 2 == 0, isEasy ? EasySizes[i / 2 % 4] : MaxObjects);
            SceneRandom random = new(~seed);
            scenes.Add(scene);
            questions.AddRange(Enumerable.Range(0, _options.QuestionsPerPicture).Select(slot => Ask(scene, random, slot)));
            captions.Add(SceneCaptions.Ask(scene, random));
        }

        int grid = _config.Vision.ImageSize / _config.Vision.PatchSize;
        ScenePictures pictures = _features.NeedsPixels
            ? ScenePictures.Of(scenes, _processor, grid)
            : ScenePictures.LabelsOf(scenes, grid);
        return new QuestionBatch(
            pictures,
            leavesOut ? Keep(pictures.Labels, new SceneRandom((ulong)first)) : [],
            [QuestionGroup.Of(scenes, questions, _encoder), QuestionGroup.Of(scenes, captions, _encoder)]);
    }

    // The families in turn, relations most often: they take longest. Yes and no in turn.
    private static SceneQuestion Ask(Scene scene, SceneRandom random, int slot)
    {
        bool isYes = slot % 8 < 4;
        return (slot % 4) switch
        {
            0 when isYes => VqaQuestions.Ask(scene, random),
            1 => GqaQuestions.Ask(scene, random),
            2 => PopeQuestions.Ask(scene, random, isYes),
            3 when isYes && scene.Boards.Count > 0 => TextQuestions.Ask(scene, random),
            3 when isYes => null,
            _ => GqaQuestions.AskSlow(scene, random),
        } ?? PracticeQuestions.Ask(scene, random, isYes: random.Chance(0.5));
    }

    private static long[] Keep(IEnumerable<PatchLabels> pictures, SceneRandom random)
    {
        int count = LeastPatches + random.Below(MostPatches - LeastPatches + 1);
        return [.. pictures.SelectMany(labels => Keep(labels, count, random))];
    }

    // Every patch that shows something and as many of the others, at random, as fill the number.
    private static IEnumerable<long> Keep(PatchLabels labels, int count, SceneRandom random) =>
        random.Shuffle(Enumerable.Range(0, labels.HasThing.Length))
            .OrderByDescending(patch => labels.HasThing[patch])
            .Take(count)
            .Order()
            .Select(patch => (long)patch);
}
