namespace Vlm.Eval.Golden;

/// <summary>How cases compute, in the words of the command line: see <see cref="Core.Engine.ComputeTarget.Parse"/>.</summary>
public sealed record CaseTarget(string DType, string Device = "cpu", string Weights = "auto");
