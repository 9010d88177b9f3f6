using Vlm.Client;

namespace Vlm.Clients.Tests;

/// <summary>The C# client against a running server.</summary>
[Collection(SharedServers.Name)]
public sealed class VlmClientTests(Servers servers) : IDisposable
{
    private static readonly ChatQuestion Question = new()
    {
        Prompt = "How many objects are there?",
        Image = Convert.ToBase64String(File.ReadAllBytes(Path.Combine(Servers.Pictures, "six.png"))),
        Merge = new("pitome") { Profile = "paper", ImageTokens = 100 },
    };

    private readonly HttpClient _http = servers.Open.Client();

    [Fact]
    public async Task Ask_PictureWithABudget_IsAnsweredWithinIt()
    {
        ChatAnswer answer = await new VlmClient(_http).AskAsync(Question with { Logprobs = 2, ReturnTokenIds = true });

        Assert.NotEmpty(answer.Answer);
        ImageUsage picture = Assert.Single(answer.Usage.Images);
        Assert.InRange(picture.Tokens, 1, 100);
        Assert.Equal(("pitome", "paper"), (picture.Method, picture.Profile));
        Assert.Equal(answer.Usage.CompletionTokens, answer.TokenIds!.Count);
        Assert.All(answer.Logprobs!, token => Assert.Equal(2, token.Top.Count));
    }

    [Fact]
    public async Task Stream_Pieces_AreTheAnswer()
    {
        VlmClient client = new(_http);
        ChatAnswer whole = await client.AskAsync(Question);

        List<ChatStep> steps = [];
        await foreach (ChatStep step in client.StreamAsync(Question))
        {
            steps.Add(step);
        }

        Assert.Equal(whole.Answer, string.Concat(steps.Select(s => s.Text)));
        Assert.Equal(whole.Answer, steps[^1].Answer!.Answer);
    }

    [Fact]
    public async Task Ask_Choices_AreScored()
    {
        ChatAnswer answer = await new VlmClient(_http).AskAsync(Question with { Choices = ["6", "2"] });

        Assert.Equal(["6", "2"], answer.Choices!.Select(c => c.Text));
        Assert.Equal(answer.Choices!.MaxBy(c => c.Logprob)!.Text, answer.Answer);
    }

    [Fact]
    public async Task Ask_PictureByItsName_IsAnsweredWithoutSendingItAgain()
    {
        VlmClient client = new(_http);
        ChatAnswer first = await client.AskAsync(Question with { ImageId = "six" });

        ChatAnswer again = await client.AskAsync(Question with { Image = null, ImageId = "six" });

        Assert.Equal(first.Answer, again.Answer);
        Assert.Equal(first.Usage.Images[0].Tokens, again.Usage.Images[0].Tokens);
    }

    [Fact]
    public async Task Ask_WrongFields_NamesEachOfThem()
    {
        VlmException wrong = await Assert.ThrowsAsync<VlmException>(
            () => new VlmClient(_http).AskAsync(Question with { Temperature = 3, TopP = 0 }));

        Assert.Equal(400, wrong.Problem.Status);
        Assert.Equal(["temperature", "top_p"], wrong.Problem.Errors!.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Ask_ServerWithKeys_TakesTheKeyOfTheHttpClient()
    {
        using HttpClient without = servers.Keyed.Client(), with = servers.Keyed.Client(Servers.Key);

        VlmException refused = await Assert.ThrowsAsync<VlmException>(() => new VlmClient(without).MethodsAsync());
        MergeCatalogue methods = await new VlmClient(with).MethodsAsync();

        Assert.Equal(401, refused.Problem.Status);
        Assert.Contains(methods.Methods, m => m.Name == "pitome");
    }

    public void Dispose() => _http.Dispose();
}
