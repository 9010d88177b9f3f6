namespace Vlm.Merge;

/// <summary>What one layer did to a batch, as arrays per picture.</summary>
/// <param name="Layer">Position in the tower, from 0.</param>
/// <param name="TokensBefore">Tokens that entered, class token included.</param>
/// <param name="TokensAfter">Tokens that left.</param>
/// <param name="Energies">Energy of each entering patch token, where the method has one.</param>
/// <param name="Owners">Leaving token that holds each original token, -1 where pruned; null where undefined.</param>
public sealed record MergeTrace(int Layer, int TokensBefore, int TokensAfter, double[][]? Energies, long[][]? Owners);
