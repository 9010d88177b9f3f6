using FsCheck;
using FsCheck.Fluent;
using Vlm.Core.Engine;

namespace Vlm.Core.Tests.Engine;

public class AnswerTextTests
{
    [Fact]
    public void Append_PlainText_ComesOutAtOnce()
    {
        Assert.Equal(["red", " car", ""], Run([], "red", " car").Pieces);
    }

    [Fact]
    public void Append_WhiteSpaceAtBothEnds_IsDroppedAndInnerKept()
    {
        Assert.Equal("a \n b", string.Concat(Run([], " \n", " a", " ", "\n ", "b", "  ").Pieces));
    }

    [Fact]
    public void Append_StopTextOverThreePieces_IsNeverShown()
    {
        var (pieces, isStopped) = Run(["USER:"], "blue U", "SE", "R: what");
        Assert.Equal("blue", string.Concat(pieces));
        Assert.True(isStopped);
    }

    [Fact]
    public void Append_StartOfStopTextThatGoesElsewhere_ComesOutLater()
    {
        var (pieces, isStopped) = Run(["USER:"], "a US", "A b");
        Assert.Equal(["a", " USA b"], pieces.Where(piece => piece.Length > 0));
        Assert.False(isStopped);
    }

    [Fact]
    public void Append_TwoStopTexts_TheOneCompleteFirstCuts()
    {
        Assert.Equal("x", string.Concat(Run(["xyz!", "y"], "xyz!").Pieces));
    }

    [Fact]
    public void Flush_StopTextInLastText_Stops()
    {
        var answer = new AnswerText(["##"]);
        Assert.Equal("a", answer.Append("a#"));
        Assert.Equal("", answer.Flush("#b"));
        Assert.True(answer.IsStopped);
    }

    [Fact]
    public void Append_AnyPieces_JoinedAreTheCutAndTrimmedText()
    {
        var letters = Gen.Elements('a', 'b', ' ').ArrayOf().Select(letters => new string(letters));
        var stops = letters.Where(text => text.Length > 0).ListOf().Select(list => list.Take(3).ToArray());
        Prop.ForAll(letters.ListOf().ToArbitrary(), stops.ToArbitrary(), (pieces, stop) =>
        {
            var (shown, isStopped) = Run(stop, [.. pieces]);
            var (expected, mustStop) = CutAndTrim(string.Concat(pieces), stop);
            return string.Concat(shown) == expected && isStopped == mustStop;
        }).QuickCheckThrowOnFailure();
    }

    private static (List<string> Pieces, bool IsStopped) Run(string[] stops, params string[] texts)
    {
        var answer = new AnswerText(stops);
        List<string> pieces = [.. texts.Select(answer.Append)];
        pieces.Add(answer.Flush(""));
        return (pieces, answer.IsStopped);
    }

    // Grows the text by one character until it ends in a stop text: the definition, without any holding back.
    private static (string Text, bool IsStopped) CutAndTrim(string text, string[] stops)
    {
        for (var end = 1; end <= text.Length; end++)
        {
            var found = stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal));
            var longest = found.OrderByDescending(stop => stop.Length).FirstOrDefault();
            if (longest is not null)
            {
                return (text[..(end - longest.Length)].Trim(), true);
            }
        }

        return (text.Trim(), false);
    }
}
