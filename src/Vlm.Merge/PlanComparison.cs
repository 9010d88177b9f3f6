namespace Vlm.Merge;

/// <summary>Plans against reference groups.</summary>
public static class PlanComparison
{
    /// <summary>
    /// Whether one picture's groups equal the reference, or differ only where tokens of equal energy change places.
    /// With an
    /// alpha of 0, say, the energy of a lonely token is its cosine with itself, 1 but for the last bit; which of them
    /// comes
    /// first then depends on the order in which a library adds.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="picture">Position in its batch.</param>
    /// <param name="reference">Token indices per output token, anchor first.</param>
    /// <param name="tolerance">Largest distance of energies that count as equal.</param>
    public static bool EqualUpToTies(this TokenPlan plan, int picture, int[][] reference, double tolerance)
    {
        int[][] groups = plan.Groups()[picture];
        if (groups.Length != reference.Length || !Tokens(groups).SequenceEqual(Tokens(reference)))
        {
            return false;
        }

        double[]? energies = plan.HostEnergies()?[picture];
        return groups.Zip(reference).All(pair => pair.First.SequenceEqual(pair.Second))
            || (energies is not null && groups.Zip(reference).All(pair => Tied(pair.First[0], pair.Second[0])));

        bool Tied(int token, int other) => token == other
            || (token > 0 && other > 0 && Math.Abs(energies[token - 1] - energies[other - 1]) <= tolerance);
    }

    private static IEnumerable<int> Tokens(int[][] groups) => groups.SelectMany(group => group).Order();
}
