namespace TorchSharp.Modules;

/// <summary>Options of a parameter group; null means the optimizer's default.</summary>
public abstract class OptimizerOptions
{
    public double? LearningRate { get; set; }

    public double? InitialLearningRate { get; set; }

    public abstract void LoadStateDict(OptimizerOptions source);
}

/// <summary>What an optimizer remembers of one parameter.</summary>
public abstract class OptimizerState : IDisposable
{
    public abstract void LoadStateDict(OptimizerState source);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>Parameters that share options.</summary>
public abstract class ParamGroup : torch.optim.ILearningRateController
{
    public IEnumerable<Parameter> Parameters { get; set; } = [];

    public double LearningRate
    {
        get => Settings.LearningRate!.Value;
        set => Settings.LearningRate = value;
    }

    public double InitialLearningRate
    {
        get => Settings.InitialLearningRate!.Value;
        set => Settings.InitialLearningRate = value;
    }

    internal abstract OptimizerOptions Settings { get; }
}
