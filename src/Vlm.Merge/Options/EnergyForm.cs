namespace Vlm.Merge;

/// <summary>How alike a token is to all others.</summary>
public enum EnergyForm
{
    /// <summary>Mean of ELU(cosine - margin), the released code (merging.md 3.1).</summary>
    Released,

    /// <summary>Equation 4 as printed: the cosine itself from the margin up (merging.md 3.2).</summary>
    Printed,

    /// <summary>
    /// Mean of 2 exp(-((1 - cosine) / sigma)^2) - 1 over sigma sqrt(2 pi), sigma = 1 - margin (merging.md 3.4).
    /// </summary>
    Gaussian,

    /// <summary>Mean Gaussian density of 1 - cosine with deviation 1 - margin (merging.md 4.2).</summary>
    Density,
}
