using FsCheck;
using FsCheck.Fluent;

namespace Vlm.Merge.Tests;

public class TokenMergersTests
{
    [Fact]
    public void Resolve_None_IsNone()
    {
        Assert.Same(MergeSpec.None, TokenMergers.Resolve("none", null, null, null, Shapes.ClipLarge));
        Assert.Same(MergeSpec.None, TokenMergers.Resolve("none", null, 1, null, Shapes.ClipLarge));
    }

    [Fact]
    public void Resolve_Ratio_UsesDefaultProfile() => Assert.Equal(
        new MergeSpec("pitome", "released", 0.9), TokenMergers.Resolve("pitome", null, 0.9, null, Shapes.ClipLarge));

    [Theory]
    [InlineData("none", "paper", null, null, "merge none: expected neither profile, ratio, image_tokens nor options, found one of them.")]
    [InlineData("none", null, 0.9, null, "merge none: expected neither profile, ratio, image_tokens nor options, found one of them.")]
    [InlineData("none", null, null, 9, "merge none: expected neither profile, ratio, image_tokens nor options, found one of them.")]
    [InlineData("tome", null, null, null, "merge tome: expected one of ratio, image_tokens and r, found none.")]
    [InlineData("tome", null, 0.9, 9, "merge tome: expected one of ratio, image_tokens and r, found several.")]
    [InlineData("tome", null, 2.0, null, "merge ratio: expected 0.5 to 1, found 2.")]
    [InlineData("tome", "x", null, 9, "merge profile of tome: expected one of released, paper, table3, found 'x'.")]
    [InlineData("pitome", "paper", null, 0, "merge image_tokens: expected at least 1 with pitome/paper, found 0.")]
    [InlineData("pitome", "table3", null, -4, "merge image_tokens: expected at least 1 with pitome/table3, found -4.")]
    public void Resolve_Wrong_SaysExpectedAndFound(
        string method, string? profile, double? ratio, int? imageTokens, string message) => Assert.Equal(
            message,
            Assert.Throws<ArgumentException>(
                () => TokenMergers.Resolve(method, profile, ratio, imageTokens, Shapes.ClipLarge)).Message);

    [Fact]
    public void Resolve_BudgetBelowHalfRatio_NamesSmallestPossible() => Assert.Equal(
        "merge image_tokens: expected at least 8 with pitome/table3, found 7.",
        Assert.Throws<ArgumentException>(
            () => TokenMergers.Resolve("pitome", "table3", null, 7, Shapes.Tiny112)).Message);

    [Theory]
    [InlineData(576)]
    [InlineData(1000)]
    public void Resolve_BudgetAtOrAboveFull_IsNone(int budget) =>
        Assert.Same(MergeSpec.None, TokenMergers.Resolve("tome", null, null, budget, Shapes.ClipLarge));

    [Fact]
    public void Resolve_AnyBudget_GivesLargestRatioThatFits() =>
        Prop.ForAll(
            Gen.Elements(Gens.Mergers.ToArray()).ToArbitrary(),
            Gen.Choose(0, 575).ToArbitrary(),
            (names, asked) =>
            {
                int least = TokenMergers.VisualTokens(new(names.Method, names.Profile, 0.5), Shapes.ClipLarge);
                int budget = Math.Max(asked, least);
                MergeSpec spec = TokenMergers.Resolve(names.Method, names.Profile, null, budget, Shapes.ClipLarge);
                MergeSpec next = spec with { Ratio = Math.BitIncrement(spec.Ratio) };
                return TokenMergers.VisualTokens(spec, Shapes.ClipLarge) <= budget
                    && TokenMergers.VisualTokens(next, Shapes.ClipLarge) > budget;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void VisualTokens_LargerRatio_NeverFewer() =>
        Prop.ForAll(Gens.Spec().ToArbitrary(), Gens.Ratio().ToArbitrary(), (spec, other) =>
        {
            MergeSpec low = spec with { Ratio = Math.Min(spec.Ratio, other) };
            MergeSpec high = spec with { Ratio = Math.Max(spec.Ratio, other) };
            return TokenMergers.VisualTokens(low, Shapes.ClipLarge) <= TokenMergers.VisualTokens(high, Shapes.ClipLarge);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void All_Methods_HaveDistinctNamesAndDefaultProfileFirst()
    {
        Assert.Equal("none", TokenMergers.All[0].Name);
        Assert.Equal(TokenMergers.All.Count, TokenMergers.All.DistinctBy(m => m.Name).Count());
        Assert.All(TokenMergers.All.Skip(1), m => Assert.Equal(MergeSpec.DefaultProfile, m.Profiles[0].Name));
        Assert.All(TokenMergers.All, m => Assert.Equal(m.Profiles.Count, m.Profiles.DistinctBy(p => p.Name).Count()));
    }

    [Fact]
    public void TokensPerRatio_ClipLarge_EqualsTable() => Assert.Equal(
        [new RatioTokens(0.85, 17), new RatioTokens(0.9, 54), new RatioTokens(1, 576)],
        TokenMergers.TokensPerRatio("pitome", "released", Shapes.ClipLarge, [0.85, 0.9, 1]));
}
