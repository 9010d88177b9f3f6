using System.Text;
using Vlm.Eval.Benchmarks;

namespace Vlm.Eval.Tests.Benchmarks;

/// <summary>
/// What every question of the fixtures is asked, as reviewed text: a score cannot move because a space did. To change one on purpose,
/// copy the file that the failure names over the one in <c>Fixtures/prompts</c> and have the difference reviewed.
/// </summary>
public sealed class PromptSnapshotTests
{
    [Theory]
    [InlineData(EvalProfile.Llava)]
    [InlineData(EvalProfile.Lmms)]
    public void Questions_Fixtures_AreAskedAsReviewed(EvalProfile profile)
    {
        StringBuilder text = new();
        foreach (IBenchmark benchmark in BenchmarkTable.All.Where(b => b.MaxTokens(profile) is not null && !b.Name.Contains("_test", StringComparison.Ordinal)))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"== {benchmark.Name}, at most {benchmark.MaxTokens(profile)} tokens\n");
            foreach (Question question in benchmark.Questions(EvalFixtures.Data, profile))
            {
                text.Append(Describe(question));
            }
        }

        string name = $"{profile.ToWire()}.txt";
        string reviewed = Path.Combine(EvalFixtures.Root, "prompts", name);
        if (!File.Exists(reviewed) || File.ReadAllText(reviewed) != text.ToString())
        {
            string found = Path.Combine(Path.GetTempPath(), $"vlm-prompts-{name}");
            File.WriteAllText(found, text.ToString());
            Assert.Fail($"{reviewed}: expected the text of {found}.");
        }
    }

    private static string Describe(Question question)
    {
        string stored = question.StoredPrompt is null ? "" : $"\n  stored {Escape(question.StoredPrompt)}";
        string extras = string.Concat(question.Extras.Select(extra => $"\n  {extra.Key} {extra.Value?.ToJsonString()}"));
        return $"{question.Key} id {(question.Id.IsNumber ? question.Id.Text : $"'{question.Id}'")} picture {question.Picture?.Name ?? "none"}\n" +
            $"  {Escape(question.Text)}{stored}{extras}\n";
    }

    private static string Escape(string text) => text.Replace("\n", "\\n", StringComparison.Ordinal);
}
