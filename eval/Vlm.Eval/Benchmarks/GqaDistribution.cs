namespace Vlm.Eval.Benchmarks;

/// <summary>GQA's distance between the distributions of predicted and true answers within each global group; lower is better.</summary>
internal static class GqaDistribution
{
    /// <summary>Chi-square per group, averaged with the number of true answers as weights, divided by 100 as the official report does.</summary>
    public static double Of(IEnumerable<(string? Group, string Answer, string Prediction)> answers)
    {
        double sum = 0;
        double weights = 0;
        foreach (var group in answers.Where(a => a.Group is not null).GroupBy(a => a.Group))
        {
            Dictionary<string, int> observed = group.CountBy(a => a.Prediction).ToDictionary();
            double chi = group.CountBy(a => a.Answer)
                .Sum(expected => Math.Pow(observed.GetValueOrDefault(expected.Key) - expected.Value, 2) / expected.Value);
            sum += chi * group.Count();
            weights += group.Count();
        }

        return weights == 0 ? 0 : sum / weights / 100;
    }
}
