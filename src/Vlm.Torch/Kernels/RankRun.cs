namespace Vlm.Torch;

/// <summary>Ranks Start, Start + Step, ... of tokens in some order; VtRun of vlmtorch.h.</summary>
/// <param name="Start">First rank, from 0.</param>
/// <param name="Count">How many.</param>
/// <param name="Step">From one to the next.</param>
public readonly record struct RankRun(long Start, long Count, long Step = 1);
