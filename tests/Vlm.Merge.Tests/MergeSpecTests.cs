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
    [InlineData("", "merge: expected none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...], found ''.")]
    [InlineData("pitome", "merge: expected none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...], found 'pitome'.")]
    [InlineData("none:0.9", "merge: expected none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...], found 'none:0.9'.")]
    [InlineData("pitome/:0.9", "merge: expected none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...], found 'pitome/:0.9'.")]
    [InlineData("pitome/a/b:0.9", "merge: expected none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...], found 'pitome/a/b:0.9'.")]
    [InlineData("pitome:0.9:1", "merge: expected none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...], found 'pitome:0.9:1'.")]
    [InlineData("pitome:", "merge ratio: expected a number from 0.5 to 1, found '' in 'pitome:'.")]
    [InlineData("pitome:0,9", "merge option: expected NAME=VALUE, found '9' in 'pitome:0,9'.")]
    [InlineData("pitome:0.9,", "merge option: expected NAME=VALUE, found '' in 'pitome:0.9,'.")]
    [InlineData("pitome:0.9,margin=", "merge option: expected NAME=VALUE, found 'margin=' in 'pitome:0.9,margin='.")]
    [InlineData("pitome:image_tokens=x", "merge image_tokens: expected a whole number, found 'x' in 'pitome:image_tokens=x'.")]
    [InlineData("pitome:-0.9", "merge ratio: expected a number from 0.5 to 1, found '-0.9' in 'pitome:-0.9'.")]
    public void Parse_Malformed_SaysExpectedAndFound(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => MergeSpec.Parse(text)).Message);

    [Theory]
    [InlineData("pitom:0.9", "merge method: expected one of METHODS, found 'pitom'.")]
    [InlineData("Tome:0.9", "merge method: expected one of METHODS, found 'Tome'.")]
    [InlineData("tome/table4:0.9", "merge profile of tome: expected one of released, paper, table3, found 'table4'.")]
    [InlineData("tome:0.49", "merge ratio: expected 0.5 to 1, found 0.49.")]
    [InlineData("tome:NaN", "merge ratio: expected 0.5 to 1, found NaN.")]
    [InlineData("tome:1.01", "merge ratio: expected 0.5 to 1, found 1.01.")]
    [InlineData("tome:0.9,speed=3", "merge option: expected one of layers, r, inflection, margin, alpha, energy, split, seed, stride, proportional_attention, order, found 'speed'.")]
    [InlineData("tome:0.9,margin=0.5", "merge options of tome/released: expected layers, r, inflection, order, found 'margin'.")]
    [InlineData("tome:0.9,proportional_attention=true", "merge options of tome/released: expected layers, r, inflection, order, found 'proportional_attention'.")]
    [InlineData("dct:0.9,order=raster", "merge options of dct/released: expected layers, found 'order'.")]
    [InlineData("pitome:0.9,margin=1", "merge margin: expected a number from -1 to below 1, found '1'.")]
    [InlineData("pitome:0.9,margin=NaN", "merge margin: expected a number from -1 to below 1, found 'NaN'.")]
    [InlineData("pitome:0.9,alpha=-0.1", "merge alpha: expected a number from 0 to 10, found '-0.1'.")]
    [InlineData("pitome:0.9,energy=loud", "merge energy: expected released, printed, gaussian, density, found 'loud'.")]
    [InlineData("pitome:0.9,split=0", "merge split: expected alternate, halves, random, top, found '0'.")]
    [InlineData("pitome:0.9,seed=-1", "merge seed: expected a whole number from 0 to 18446744073709551615, found '-1'.")]
    [InlineData("pitome:0.9,layers=odd+3", "merge layers: expected all, odd, even, last, firstN, or layers such as 0+3-5+9- in at most 256 characters, found 'odd+3'.")]
    [InlineData("pitome:0.9,layers=5-3", "merge layers: expected all, odd, even, last, firstN, or layers such as 0+3-5+9- in at most 256 characters, found '5-3'.")]
    [InlineData("pitome:0.9,layers=first0", "merge layers: expected all, odd, even, last, firstN, or layers such as 0+3-5+9- in at most 256 characters, found 'first0'.")]
    [InlineData("pitome:0.9,seed=1,seed=2", "merge seed: expected once, found twice.")]
    [InlineData("tome:0.9,r=8", "merge tome: expected one of ratio, image_tokens and r, found several.")]
    [InlineData("tome:r=0", "merge r: expected a whole number from 1 to 2147483647, found '0'.")]
    [InlineData("tome:layers=odd", "merge tome: expected one of ratio, image_tokens and r, found none.")]
    [InlineData("tome:0.9,inflection=1", "merge inflection: expected together with r, found alone.")]
    [InlineData("kth_bipartite:0.9,stride=1", "merge stride: expected a whole number from 2 to 2147483647, found '1'.")]
    [InlineData("pitome/paper:0.9,proportional_attention=yes", "merge proportional_attention: expected true or false, found 'yes'.")]
    [InlineData("tome:image_tokens=9", "merge image_tokens: expected where a model is loaded, found elsewhere.")]
    public void Parse_UnknownOrOutOfRange_ListsWhatIsKnown(string text, string message) => Assert.Equal(
        message.Replace("METHODS", string.Join(", ", TokenMergers.All.Select(m => m.Name)), StringComparison.Ordinal),
        Assert.Throws<ArgumentException>(() => MergeSpec.Parse(text)).Message);

    [Theory]
    [InlineData("pitome:0.9,layers=odd", "pitome/released:0.9,layers=odd")]
    [InlineData("tome/paper:inflection=-1,r=16", "tome/paper:r=16,inflection=-1")]
    [InlineData("pitome/paper:0.9,order=raster,proportional_attention=false,alpha=0.5,margin=-1,energy=printed,split=random,seed=7",
        "pitome/paper:0.9,margin=-1,alpha=0.5,energy=printed,split=random,seed=7,proportional_attention=false,order=raster")]
    [InlineData("random_prune:0.9,seed=3", "random_prune/released:0.9,seed=3")]
    [InlineData("kth_bipartite:0.8,stride=3,layers=0+3-5+9-", "kth_bipartite/released:0.8,layers=0+3-5+9-,stride=3")]
    public void Parse_Options_AreReadAndPrinted(string text, string canonical)
    {
        MergeSpec spec = MergeSpec.Parse(text);

        Assert.Equal(canonical, spec.ToString());
        Assert.Equal(spec, MergeSpec.Parse(canonical));
        Assert.False(spec.IsIdentity);
    }

    [Theory]
    [InlineData("tome:0.9,layers=23", "23")] // the last layer of 24 is not evaluated
    [InlineData("tome:image_tokens=64,layers=0+30", "30")]
    [InlineData("tome:r=8,layers=0-3+25-", "25-")]
    public void Parse_LayersThatTheTowerLacks_NamesTheFirst(string text, string found) => Assert.Equal(
        $"merge layers: expected 0 to 22, found {found}.",
        Assert.Throws<ArgumentException>(() => MergeSpec.Parse(text, Shapes.ClipLarge)).Message);

    [Theory]
    [InlineData("tome:0.9,layers=22")]
    [InlineData("tome:0.9,layers=0-99")]
    [InlineData("tome:0.9,layers=first99")]
    public void Parse_LayersThatReachBeyond_AreTaken(string text) => Assert.Equal(MergeSpec.Parse(text), MergeSpec.Parse(text, Shapes.ClipLarge));

    [Fact]
    public void TokensPerLayer_LayersThatTheTowerLacks_AreRefused()
    {
        MergeSpec spec = MergeSpec.Parse("tome:0.9,layers=23"); // read where no model was known

        Assert.Throws<ArgumentException>(() => TokenMergers.TokensPerLayer(spec, Shapes.ClipLarge));
    }

    [Fact]
    public void Parse_MoreLayersThanATowerHas_IsRefusedByItsLength()
    {
        string longest = string.Join('+', Enumerable.Repeat("0", 128)) + "+";
        Assert.NotNull(MergeSpec.Parse($"pitome:0.9,layers={longest[..^1]}"));

        var error = Assert.Throws<ArgumentException>(() => MergeSpec.Parse($"pitome:0.9,layers={longest}00"));

        Assert.Equal(
            $"merge layers: expected all, odd, even, last, firstN, or layers such as 0+3-5+9- in at most 256 characters, found '{longest[..64]}...'.",
            error.Message);
    }

    [Fact]
    public void Parse_MegabytesOfText_IsRefusedByItsLength() => Assert.Equal(
        "merge: expected at most 1024 characters, found 2000014.",
        Assert.Throws<FormatException>(() => MergeSpec.Parse("tome:0.9,margin" + new string('=', 1_999_999))).Message);

    [Fact]
    public void Parse_ImageTokens_TakesTheLargestRatioThatFits()
    {
        MergeSpec spec = MergeSpec.Parse("tome:image_tokens=64,layers=odd", Shapes.ClipLarge);

        Assert.Equal(TokenMergers.Resolve("tome", null, null, 64, Shapes.ClipLarge, spec.Settings), spec);
        Assert.Equal(64, TokenMergers.VisualTokens(spec, Shapes.ClipLarge));
    }
}
