namespace Vlm.Eval.Training;

/// <summary>How long and where a stage runs.</summary>
/// <param name="Folder">State and log; created if absent.</param>
/// <param name="Steps">Steps of the whole stage; the learning rate falls to zero over the last quarter.</param>
/// <param name="TimeLimit">This run stops after it, saved and ready to go on.</param>
public sealed record TrainingOptions(string Folder, long Steps, TimeSpan TimeLimit)
{
    /// <summary>Steps with a rising learning rate.</summary>
    public int WarmupSteps { get; init; } = 200;

    /// <summary>Steps between validations.</summary>
    public int ValidateEvery { get; init; } = 500;

    /// <summary>Largest time that a crash loses.</summary>
    public TimeSpan SaveEvery { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>AdamW's decoupled decay.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest norm of all gradients together.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Factor of the learning rate at a step: linear warm-up, constant, linear fall over the last quarter.</summary>
    public double RateAt(long step)
    {
        double fall = Math.Max(Steps * 0.25, 1);
        return Math.Min(1, Math.Min((step + 1.0) / WarmupSteps, (Steps - step) / fall));
    }
}
