using System.Net;
using System.Text.RegularExpressions;

namespace Vlm.Api.Tests.Playground;

/// <summary>The page at / and its files; what it does in a browser is in tests/Vlm.Clients.Tests.</summary>
public sealed partial class PlaygroundPageTests(ReadyServer server) : IClassFixture<ReadyServer>
{
    private const string Hash = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"; // of "test"

    [Fact]
    public async Task Page_EveryFileItNames_IsServedFromHere()
    {
        string page = await server.Client.GetStringAsync("/");

        string[] files = [.. FileInPage().Matches(page).Select(m => m.Groups[1].Value)];
        Assert.Contains("/playground/app.js", files);
        Assert.All(files, file => Assert.StartsWith("/", file, StringComparison.Ordinal));
        foreach (string file in files.Where(f => f.StartsWith("/playground/", StringComparison.Ordinal)))
        {
            Assert.Equal(HttpStatusCode.OK, (await server.Client.GetAsync(file)).StatusCode);
        }
    }

    [Theory]
    [InlineData("app.js", "text/javascript")]
    [InlineData("page.css", "text/css")]
    [InlineData("icon.svg", "image/svg+xml")]
    [InlineData("board.png", "image/png")]
    public async Task File_OfThePage_HasItsTypeAndIsNotSentTwice(string name, string type)
    {
        HttpResponseMessage first = await server.Client.GetAsync($"/playground/{name}");
        using HttpRequestMessage again = new(HttpMethod.Get, $"/playground/{name}");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        Assert.Equal(type, first.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.NotModified, (await server.Client.SendAsync(again)).StatusCode);
    }

    [Theory]
    [InlineData("/playground/nothing.js")]
    [InlineData("/playground/")]
    [InlineData("/playground/../appsettings.json")]
    public async Task File_OutsideThePage_Is404(string path) => await (await server.Client.GetAsync(path)).ProblemAsync(404);

    [Fact]
    public async Task Page_AskedByABrowserWithoutKey_ComesBesideThe401()
    {
        await using ApiApplication app = new(new() { ["Auth:Keys:0:Name"] = "ann", ["Auth:Keys:0:Hash"] = Hash });
        HttpClient client = await app.ReadyClientAsync();
        using HttpRequestMessage browser = new(HttpMethod.Get, "/");
        browser.Headers.Add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");

        HttpResponseMessage answer = await client.SendAsync(browser);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("API key", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/playground/app.js")).StatusCode);
        await (await client.GetAsync("/")).ProblemAsync(401); // a program gets what programs read
    }

    [Fact]
    public async Task Policy_OfThePage_AllowsNothingInline()
    {
        HttpResponseMessage answer = await server.Client.GetAsync("/");

        Assert.DoesNotContain("unsafe", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)<style|<script>| style=| on[a-z]+=", await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("(?:src|href)=\"([^\"#]+)\"")]
    private static partial Regex FileInPage();
}
