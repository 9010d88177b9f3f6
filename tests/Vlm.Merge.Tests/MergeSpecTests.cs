using FsCheck;
using FsCheck.Fluent;

namespace Vlm.Merge.Tests;

public class MergeSpecTests
{
    [Fact]
    public void Parse_None_IsNone()
    {
        MergeSpec spec = MergeSpec.Parse("none");

        Assert.Same(MergeSpec.None, spec);
        Assert.True(spec.IsNone);
        Assert.True(spec.IsIdentity);
        Assert.Equal("none", spec.ToString());
    }

    [Theory]
    [InlineData("pitome:0.9", "pitome", "released", 0.9, "pitome/released:0.9")]
    [InlineData("pitome/paper:0.925", "pitome", "paper", 0.925, "pitome/paper:0.925")]
    [InlineData("pitome/table3:.5", "pitome", "table3", 0.5, "pitome/table3:0.5")]
    [InlineData("tome:1", "tome", "released", 1, "tome/released:1")]
    public void Parse_MethodAndRatio_ReadsParts(string text, string method, string profile, double ratio, string canonical)
    {
        MergeSpec spec = MergeSpec.Parse(text);

        Assert.Equal(new MergeSpec(method, profile, ratio), spec);
        Assert.Equal(canonical, spec.ToString());
        Assert.False(spec.IsNone);
        Assert.Equal(ratio == 1, spec.IsIdentity);
    }

    [Fact]
    public void Parse_AnyRatioPrinted_GivesEqualSpec() =>
        Prop.ForAll(Gens.Ratio().ToArbitrary(), ratio =>
        {
            MergeSpec spec = new("tome", "paper", ratio);
            return MergeSpec.Parse(spec.ToString()) == spec;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("", "merge: expected none or METHOD[/PROFILE]:RATIO, found ''.")]
    [InlineData("pitome", "merge: expected none or METHOD[/PROFILE]:RATIO, found 'pitome'.")]
    [InlineData("none:0.9", "merge: expected none or METHOD[/PROFILE]:RATIO, found 'none:0.9'.")]
    [InlineData("pitome/:0.9", "merge: expected none or METHOD[/PROFILE]:RATIO, found 'pitome/:0.9'.")]
    [InlineData("pitome/a/b:0.9", "merge: expected none or METHOD[/PROFILE]:RATIO, found 'pitome/a/b:0.9'.")]
    [InlineData("pitome:0.9:1", "merge: expected none or METHOD[/PROFILE]:RATIO, found 'pitome:0.9:1'.")]
    [InlineData("pitome:", "merge ratio: expected a number from 0.5 to 1, found '' in 'pitome:'.")]
    [InlineData("pitome:0,9", "merge ratio: expected a number from 0.5 to 1, found '0,9' in 'pitome:0,9'.")]
    [InlineData("pitome:-0.9", "merge ratio: expected a number from 0.5 to 1, found '-0.9' in 'pitome:-0.9'.")]
    public void Parse_Malformed_SaysExpectedAndFound(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => MergeSpec.Parse(text)).Message);

    [Theory]
    [InlineData("pitom:0.9", "merge method: expected one of none, pitome, tome, found 'pitom'.")]
    [InlineData("Tome:0.9", "merge method: expected one of none, pitome, tome, found 'Tome'.")]
    [InlineData("tome/table3:0.9", "merge profile of tome: expected one of released, paper, found 'table3'.")]
    [InlineData("tome:0.49", "merge ratio: expected 0.5 to 1, found 0.49.")]
    [InlineData("tome:NaN", "merge ratio: expected 0.5 to 1, found NaN.")]
    [InlineData("tome:1.01", "merge ratio: expected 0.5 to 1, found 1.01.")]
    public void Parse_UnknownOrOutOfRange_ListsWhatIsKnown(string text, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => MergeSpec.Parse(text)).Message);
}
