using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Vlm.Api.Fetching;

namespace Vlm.Api.Tests.Fetching;

/// <summary>Pictures by URL: from allowed hosts only, never from inside the network.</summary>
public sealed class FetchTests : IAsyncLifetime
{
    private readonly WebApplication _elsewhere = BuildElsewhere();
    private readonly StubNetwork _network = new();
    private int _port;

    public async Task InitializeAsync()
    {
        await _elsewhere.StartAsync();
        _port = new Uri(_elsewhere.Urls.Single()).Port;
    }

    public async Task DisposeAsync()
    {
        await _elsewhere.StopAsync();
        await _elsewhere.DisposeAsync();
    }

    [Fact]
    public async Task Chat_PictureOfAnAllowedHost_ArrivesAsItsBytes()
    {
        _network.Trusted = true;
        await using ApiApplication app = Application($"pictures.example:{_port}");

        HttpResponseMessage answer = await AskAsync(app, $"http://pictures.example:{_port}/picture");

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal(Convert.FromBase64String(Http.Picture), Assert.Single(Assert.Single(app.Model.Asked).Images));
    }

    [Fact]
    public async Task Complete_PictureOfAnAllowedHostBehindARedirect_Arrives()
    {
        _network.Trusted = true;
        await using ApiApplication app = Application($"pictures.example:{_port}");
        HttpClient client = await app.ReadyClientAsync();

        HttpResponseMessage answer = await client.CompleteAsync(
            $$$"""
            {"messages": [{"role": "user", "content": [
              {"type": "image_url", "image_url": {"url": "http://pictures.example:{{{_port}}}/redirect?to=/picture"}}]}]}
            """);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        Assert.Equal(Convert.FromBase64String(Http.Picture), Assert.Single(Assert.Single(app.Model.Asked).Images));
    }

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://localhost/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://0.0.0.0/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://172.16.0.1/")]
    [InlineData("http://192.168.1.1/")]
    [InlineData("http://100.64.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://224.0.0.1/")]
    [InlineData("http://255.255.255.255/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://[::ffff:a9fe:a9fe]/")]
    [InlineData("http://[fe80::1]/")]
    [InlineData("http://[fc00::1]/")]
    [InlineData("http://[64:ff9b::7f00:1]/")]
    [InlineData("http://[2002:7f00:1::]/")]
    [InlineData("http://[2001:0:1::1]/")]
    public async Task Chat_AddressInsideTheNetwork_Is422AndNothingConnects(string url)
    {
        await using ApiApplication app = Application("*");

        string message = await RefusedAsync(app, url);

        Assert.Equal("expected a host with public addresses only, found another.", message);
        Assert.Empty(app.Model.Asked);
    }

    [Theory]
    [InlineData("http://user@pictures.example/", "expected a URL without user and password, found one with them.")]
    [InlineData("http://pictures.example:password@10.0.0.1/", "expected a URL without user and password, found one with them.")]
    [InlineData("http://other.example/", "expected a host and port that this server fetches from, found another.")]
    [InlineData("http://pictures.example.evil.example/", "expected a host and port that this server fetches from, found another.")]
    [InlineData("http://pictures.example:22/", "expected a host and port that this server fetches from, found another.")]
    [InlineData("ftp://pictures.example/", "expected an http or https URL, found another.")]
    [InlineData("file:///etc/passwd", "expected an http or https URL, found another.")]
    [InlineData("gopher://pictures.example/", "expected an http or https URL, found another.")]
    public async Task Chat_UrlThatIsNotAllowed_Is422(string url, string message)
    {
        await using ApiApplication app = Application("pictures.example");

        Assert.Equal(message, await RefusedAsync(app, url));
        Assert.Equal(0, _network.NumResolved);
    }

    [Theory]
    [InlineData("http://127.0.0.1/", "expected a host and port that this server fetches from, found another.")]
    [InlineData("file:///etc/passwd", "expected an http or https URL, found another.")]
    [InlineData("http://evil.example/", "expected a host and port that this server fetches from, found another.")]
    public async Task Chat_RedirectToWhatIsNotAllowed_Is422(string target, string message)
    {
        _network.Trusted = true;
        await using ApiApplication app = Application($"pictures.example:{_port}");

        Assert.Equal(message, await RefusedAsync(app, $"http://pictures.example:{_port}/redirect?to={Uri.EscapeDataString(target)}"));
    }

    [Fact]
    public async Task Chat_RedirectsWithoutEnd_Are422()
    {
        _network.Trusted = true;
        await using ApiApplication app = Application($"pictures.example:{_port}");

        Assert.Equal("expected at most 3 redirects, found more.", await RefusedAsync(app, $"http://pictures.example:{_port}/loop"));
    }

    [Fact]
    public async Task Chat_NameThatChangesItsAddress_IsResolvedOnceAndOneBadAddressIsEnough()
    {
        _network.Answers = new([[IPAddress.Parse("93.184.216.34"), IPAddress.Loopback], [IPAddress.Parse("93.184.216.34")]]);
        await using ApiApplication app = Application("rebinding.example");

        Assert.Equal(
            "expected a host with public addresses only, found another.", await RefusedAsync(app, "http://rebinding.example/"));
        Assert.Equal(1, _network.NumResolved);
    }

    [Theory]
    [InlineData("/error")]
    [InlineData("/hang")]
    public async Task Chat_HostThatFailsOrHangs_Is422WithoutItsReason(string path)
    {
        _network.Trusted = true;
        await using ApiApplication app = Application($"pictures.example:{_port}");
        Task<string> refused = RefusedAsync(app, $"http://pictures.example:{_port}{path}");
        while (path == "/hang" && !refused.IsCompleted)
        {
            app.Clock.FireTimers(shorterThan: TimeSpan.FromSeconds(11)); // the fetcher's, as soon as there is one
            await Task.Delay(10);
        }

        Assert.StartsWith("expected a picture within the server's limits", await refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_PictureAboveTheBytes_Is413()
    {
        _network.Trusted = true;
        await using ApiApplication app = Application($"pictures.example:{_port}", ("Images:MaxBytes", "1000"));

        await (await AskAsync(app, $"http://pictures.example:{_port}/endless")).ProblemAsync(413);
    }

    private static WebApplication BuildElsewhere()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.MapGet("/picture", () => Results.Bytes(Convert.FromBase64String(Http.Picture), "image/png"));
        app.MapGet("/redirect", (string to) => Results.Redirect(to));
        app.MapGet("/loop", () => Results.Redirect("/loop"));
        app.MapGet("/error", () => Results.StatusCode(500));
        app.MapGet("/hang", (CancellationToken cancel) => Task.Delay(Timeout.Infinite, cancel));
        app.MapGet("/endless", async (HttpContext http) =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(new byte[1000], http.RequestAborted);
            }
        });
        return app;
    }

    private static async Task<HttpResponseMessage> AskAsync(ApiApplication app, string url)
    {
        HttpClient client = await app.ReadyClientAsync();
        return await client.ChatAsync(JsonSerializer.Serialize(new { prompt = "a", image = url }));
    }

    private static async Task<string> RefusedAsync(ApiApplication app, string url) =>
        (await (await AskAsync(app, url)).ProblemAsync(422)).Errors()["image"];

    private ApiApplication Application(string hosts, params (string Key, string Value)[] settings)
    {
        Dictionary<string, string?> all = new() { ["Images:AllowedHosts"] = hosts };
        foreach ((string key, string value) in settings)
        {
            all[key] = value;
        }

        return new(all) { Configure = services => services.AddSingleton<Network>(_network) };
    }

    /// <summary>Answers for every name; the loopback address counts as public where the test says so.</summary>
    private sealed class StubNetwork : Network
    {
        public bool Trusted { get; set; }

        public Queue<IPAddress[]> Answers { get; set; } = new();

        public int NumResolved { get; private set; }

        public override async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancel)
        {
            NumResolved++;
            return Trusted ? [IPAddress.Loopback]
                : Answers.TryDequeue(out IPAddress[]? answer) ? answer
                : await base.ResolveAsync(host, cancel);
        }

        public override bool IsAllowed(IPAddress address) => Trusted || base.IsAllowed(address);
    }
}
