namespace Vlm.Eval.Scenes;

/// <summary>How one merge setting did.</summary>
/// <param name="Setting">Merge setting, or what else was special.</param>
/// <param name="VisualTokens">Per picture.</param>
/// <param name="EncoderGmacs">Billions of multiply-accumulates of the tower per picture (merging.md 13.1).</param>
/// <param name="ImagesPerSecond">Pictures through tower and projector, in batches; null where not measured.</param>
/// <param name="Questions">Number asked.</param>
/// <param name="Accuracy">Percent of exactly right answers per family.</param>
public sealed record SceneScore(
    string Setting, int VisualTokens, double EncoderGmacs, double? ImagesPerSecond, int Questions,
    IReadOnlyDictionary<string, double> Accuracy)
{
    /// <summary>Mean over the families.</summary>
    public double Mean => Accuracy.Values.Average();
}
