namespace Vlm.Eval.Metrics;

/// <summary>A tokenised caption and its tokenised references; tokens are parted by single spaces.</summary>
public sealed record Caption(string Prediction, IReadOnlyList<string> References);
