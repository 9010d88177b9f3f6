namespace TorchSharp.Modules;

/// <summary>Parameters that share a learning rate.</summary>
public abstract class ParamGroup : torch.optim.ILearningRateController
{
    private Parameter[] _parameters = [];
    private double? _rate;
    private double? _initialRate;

    public IEnumerable<Parameter> Parameters
    {
        internal get => _parameters;
        set => _parameters = [.. value];
    }

    public double LearningRate
    {
        get => _rate!.Value;
        set => _rate = value;
    }

    public double InitialLearningRate
    {
        get => _initialRate!.Value;
        set => _initialRate = value;
    }

    /// <summary>Takes the optimizer's rate where none was given.</summary>
    internal void FillFrom(double rate)
    {
        _rate ??= rate;
        _initialRate ??= _rate;
    }
}
