using System.Diagnostics;
using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>What a run tells while it goes on.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">Mean since the last report.</param>
/// <param name="StepsPerSecond">Since the last report.</param>
/// <param name="Scores">Of a validation, else empty.</param>
public sealed record TrainingReport(
    long Step, double Loss, double StepsPerSecond, IReadOnlyDictionary<string, double> Scores);

/// <summary>Runs a stage: AdamW, warm-up, clipping, data on a thread of its own, states that resume exactly.</summary>
public static class Trainer
{
    /// <summary>Trains from the saved state, if there is one, to the last step or the time limit.</summary>
    /// <returns>True when the stage is complete.</returns>
    /// <exception cref="InvalidDataException">The saved state is of another model.</exception>
    /// <exception cref="ArithmeticException">The loss is no number any more.</exception>
    public static bool Run<TBatch>(
        ITrainingTask<TBatch> task, TrainingOptions options, Action<TrainingReport> report, CancellationToken cancel = default)
    {
        using AdamW optimizer = NewOptimizer(task, options);
        bool isOld = File.Exists(Path.Combine(options.Folder, TrainingState.FileName));
        long step = isOld ? TrainingState.Load(options.Folder, task.Parameters, optimizer) : 0;
        TrainingLog log = new(options.Folder, report);
        Stopwatch time = Stopwatch.StartNew();
        TimeSpan saved = TimeSpan.Zero;
        using Prefetch<TBatch> batches = new(task.Prepare, step);
        while (step < options.Steps && time.Elapsed < options.TimeLimit && !cancel.IsCancellationRequested)
        {
            log.Add(++step, Step(task, batches.Next(), optimizer, options, step - 1));
            if (step % options.ValidateEvery == 0)
            {
                log.Write(task.Validate());
            }

            if (time.Elapsed - saved > options.SaveEvery)
            {
                TrainingState.Save(options.Folder, task.Parameters, optimizer, step);
                saved = time.Elapsed;
            }
        }

        TrainingState.Save(options.Folder, task.Parameters, optimizer, step);
        log.Write(task.Validate());
        return step == options.Steps;
    }

    private static AdamW NewOptimizer<TBatch>(ITrainingTask<TBatch> task, TrainingOptions options) => optim.AdamW(
        [.. task.Groups.Select(group => new AdamW.ParamGroup
        {
            Parameters = group.Parameters,
            InitialLearningRate = group.LearningRate,
            LearningRate = group.LearningRate,
        })],
        beta2: 0.98,
        weight_decay: options.WeightDecay);

    private static double Step<TBatch>(
        ITrainingTask<TBatch> task, TBatch batch, AdamW optimizer, TrainingOptions options, long step)
    {
        using var scope = NewDisposeScope();
        foreach (ParamGroup group in optimizer.ParamGroups)
        {
            group.LearningRate = group.InitialLearningRate * options.RateAt(step);
        }

        optimizer.zero_grad();
        Tensor loss = task.Loss(batch);
        loss.backward();
        nn.utils.clip_grad_norm_(optimizer.parameters().Where(p => p.grad is not null), options.MaxGradientNorm);
        optimizer.step();
        double value = loss.item<float>();
        return double.IsFinite(value) ? value : throw new ArithmeticException(
            string.Create(CultureInfo.InvariantCulture, $"step {step}: expected a finite loss, found {value}."));
    }
}
