using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>What is learnt in one stage: data, loss and score. <see cref="Trainer"/> does the rest.</summary>
public interface ITrainingTask<TBatch>
{
    /// <summary>All weights of the stage, trained or not.</summary>
    ParameterSet Parameters { get; }

    /// <summary>What the optimizer changes, with their largest learning rates.</summary>
    IEnumerable<(IEnumerable<Parameter> Parameters, double LearningRate)> Groups { get; }

    /// <summary>The data of a numbered step; pure, called ahead of time on another thread.</summary>
    TBatch Prepare(long number);

    /// <summary>The scalar to minimise.</summary>
    Tensor Loss(TBatch batch);

    /// <summary>Shares of right answers, 0 to 1, on validation data.</summary>
    IReadOnlyDictionary<string, double> Validate();
}
