namespace Vlm.Eval.Metrics;

/// <summary>Confusion counts with yes as the positive class (POPE, Li et al., 2023). Empty denominators give 0.</summary>
public sealed record YesNoCounts(double TruePositive, double FalsePositive, double TrueNegative, double FalseNegative)
{
    private double Predicted => TruePositive + FalsePositive + TrueNegative + FalseNegative;

    /// <summary>Right ones of all, 0 to 1.</summary>
    public double Accuracy => Share(TruePositive + TrueNegative, Predicted);

    /// <summary>Right ones of those predicted yes.</summary>
    public double Precision => Share(TruePositive, TruePositive + FalsePositive);

    /// <summary>Found ones of those that are yes.</summary>
    public double Recall => Share(TruePositive, TruePositive + FalseNegative);

    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1 => Share(2 * Precision * Recall, Precision + Recall);

    /// <summary>Predicted yes of all.</summary>
    public double YesRatio => Share(TruePositive + FalsePositive, Predicted);

    private static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;
}
