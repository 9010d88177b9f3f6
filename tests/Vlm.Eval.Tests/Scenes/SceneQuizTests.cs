using System.Globalization;
using Vlm.Eval.Scenes;

namespace Vlm.Eval.Tests.Scenes;

/// <summary>The answers, found again from the scene by other means.</summary>
public class SceneQuizTests
{
    private static readonly SceneSheet[] Sheets = [.. SceneQuiz.Sheets(SceneSplit.Test, 5).Take(400)];

    private static IEnumerable<(Scene Scene, SceneQuestion Question)> All =>
        Sheets.SelectMany(sheet => sheet.Questions.Select(question => (sheet.Scene, question)));

    [Fact]
    public void Sheets_Families_AreEquallyFrequent()
    {
        var counts = All.GroupBy(pair => pair.Question.Family).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(SceneFamilies.All.Order(), counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 380, 420));
    }

    [Fact]
    public void Pope_Answers_AreBalancedAndTrueInEverySplit()
    {
        var questions = All.Where(pair => pair.Question.Family == SceneFamilies.Pope).ToArray();
        Assert.Equal(questions.Length, 2 * questions.Count(pair => pair.Question.Answer == "yes"));
        Assert.Equal(["adversarial", "popular", "random"], questions.Select(pair => pair.Question.Category).Distinct().Order());
        Assert.All(questions, pair => Assert.Equal(
            pair.Question.Answer == "yes", pair.Scene.Objects.Any(o => pair.Question.Text.Contains($" {o.Name}", StringComparison.Ordinal))));
    }

    [Fact]
    public void Text_Answers_AreOnTheBoard() => Assert.All(
        All.Where(pair => pair.Question.Family == SceneFamilies.Text),
        pair => Assert.Equal(
            pair.Question.Category switch
            {
                "first" => pair.Scene.Boards[0].Text[..1],
                "last" => pair.Scene.Boards[0].Text[^1..],
                _ => pair.Scene.Boards[0].Text,
            },
            pair.Question.Answer));

    [Fact]
    public void Counts_AreThoseOfTheThingsNamed() => Assert.All(
        All.Where(pair => pair.Question.Category == "count"),
        pair =>
        {
            string text = pair.Question.Text;
            int count = pair.Scene.Objects.Count(o =>
                text.Contains($"{SceneWords.Of(o.Colour)} objects", StringComparison.Ordinal)
                || text.Contains(SceneWords.Plural(o.Shape), StringComparison.Ordinal)
                || !SceneWords.Colours.Any(c => text.Contains(SceneWords.Of(c), StringComparison.Ordinal))
                    && text.Contains("objects", StringComparison.Ordinal));
            Assert.Equal(count.ToString(CultureInfo.InvariantCulture), pair.Question.Answer);
        });

    [Theory]
    [InlineData("choose", "left")]
    [InlineData("choose", "right")]
    [InlineData("choose", "above")]
    [InlineData("choose", "below")]
    public void Relations_Chosen_HoldByATenthOfTheSide(string category, string answer) => Assert.All(
        All.Where(pair => pair.Question.Category == category && pair.Question.Answer == answer),
        pair =>
        {
            SceneObject[] named = [.. pair.Scene.Objects
                .Where(o => pair.Question.Text.Contains($"the {o.Name}", StringComparison.Ordinal))
                .OrderBy(o => pair.Question.Text.IndexOf($"the {o.Name}", StringComparison.Ordinal))];
            (double across, double down) = (named[1].X - named[0].X, named[1].Y - named[0].Y);
            Assert.InRange(answer switch { "left" => across, "right" => -across, "above" => down, _ => -down }, 0.1, 1);
        });

    [Fact]
    public void Answers_OfExtremes_BelongToTheOutermostObject() => Assert.All(
        All.Where(pair => pair.Question.Text.Contains("leftmost", StringComparison.Ordinal)),
        pair =>
        {
            SceneObject first = pair.Scene.Objects.MinBy(o => o.X)!;
            Assert.Contains(pair.Question.Answer, new[] { SceneWords.Of(first.Colour), SceneWords.Of(first.Shape) });
        });
}
