using System.Net;
using System.Text.Json;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Runs;
using Vlm.Merge;

namespace Vlm.Eval.Tests.Runs;

public sealed class ServerAnswererTests
{
    private static readonly Question Asked = new()
    {
        Key = "7",
        Id = QuestionId.Of(7),
        Text = "Is it red?",
        Picture = new Picture("a", () => [1, 2, 3]),
    };

    [Fact]
    public async Task Ask_OurServer_GetsMergeTemplateAndGeometry()
    {
        using Script script = new(isOurs: true);
        ServerAnswerer answerer = await script.ConnectAsync();

        Reply reply = await AskAsync(answerer, AskSettings.Of(EvalProfile.Llava), 16, MergeSpec.Parse("pitome:0.9"));

        Assert.Equal(("yes", 3), (reply.Text, reply.Times.CompletionTokens));
        JsonElement body = Assert.Single(script.Bodies);
        Assert.Equal(["served", "pitome/released:0.9", "vicuna_v1", "pad"], Texts(body, "model", "merge", "template", "image_geometry"));
        Assert.Equal((16, 0), (body.GetProperty("max_tokens").GetInt32(), body.GetProperty("temperature").GetInt32()));
        JsonElement content = body.GetProperty("messages")[0].GetProperty("content");
        Assert.Equal("data:application/octet-stream;base64,AQID", content[0].GetProperty("image_url").GetProperty("url").GetString());
        Assert.Equal("Is it red?", content[1].GetProperty("text").GetString());
    }

    [Fact]
    public async Task Ask_OtherServer_GetsOpenAiFieldsOnlyAndNoMerging()
    {
        using Script script = new(isOurs: false);
        ServerAnswerer answerer = await script.ConnectAsync();

        await AskAsync(answerer, AskSettings.Of(EvalProfile.Llava), 16, MergeSpec.None);

        Assert.Equal(["model", "messages", "max_tokens", "temperature"], Assert.Single(script.Bodies).EnumerateObject().Select(field => field.Name));
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(
            () => AskAsync(answerer, AskSettings.Auto, 16, MergeSpec.Parse("tome:0.9")));
        Assert.Equal("merge: expected none with http://server/, which is not this program's server, found tome/released:0.9.", error.Message);
    }

    [Theory]
    [InlineData("http://gpu7:8000", "http://gpu7:8000/")]
    [InlineData("http://gpu7:8000/", "http://gpu7:8000/")]
    [InlineData("https://gpu7/v1", "https://gpu7/")]
    [InlineData("https://gpu7/llava/v1/", "https://gpu7/llava/")]
    public void AddressOf_Server_IsItsRoot(string server, string expected) => Assert.Equal(expected, ServerAnswerer.AddressOf(server).ToString());

    [Theory]
    [InlineData("gpu7:8000")]
    [InlineData("ftp://gpu7")]
    [InlineData("")]
    public void AddressOf_NoAddress_IsRefused(string server) => Assert.Equal(
        $"--server: expected an http or https address, found '{server}'.", Assert.Throws<ArgumentException>(() => ServerAnswerer.AddressOf(server)).Message);

    [Fact]
    public async Task Ask_QueueFull_TriesAgain()
    {
        using Script script = new(isOurs: true) { Refusals = 2 };
        ServerAnswerer answerer = await script.ConnectAsync();

        Reply reply = await AskAsync(answerer, AskSettings.Auto, 16, MergeSpec.None);

        Assert.Equal("yes", reply.Text);
        Assert.Equal(3, script.Bodies.Count);
    }

    private static async Task<Reply> AskAsync(ServerAnswerer answerer, AskSettings settings, int maxTokens, MergeSpec merge) =>
        await answerer.AskAsync([Asked], settings, maxTokens, merge, CancellationToken.None).SingleAsync();

    private static IEnumerable<string?> Texts(JsonElement body, params string[] fields) => fields.Select(field => body.GetProperty(field).GetString());

    /// <summary>A server that says yes, after some refusals.</summary>
    private sealed class Script(bool isOurs) : HttpMessageHandler
    {
        public List<JsonElement> Bodies { get; } = [];

        public int Refusals { get; set; }

        public Task<ServerAnswerer> ConnectAsync() => ServerAnswerer.ConnectAsync(
            new HttpClient(this, disposeHandler: false) { BaseAddress = new Uri("http://server/") }, null, 4, CancellationToken.None);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            switch (request.RequestUri!.AbsolutePath)
            {
                case "/v1/models":
                    return Json("""{"data": [{"id": "served"}]}""");
                case "/merge/methods":
                    return isOurs ? Json("""{"methods": []}""") : new HttpResponseMessage(HttpStatusCode.NotFound);
            }

            using JsonDocument body = JsonDocument.Parse(await request.Content!.ReadAsStringAsync(cancellationToken));
            Bodies.Add(body.RootElement.Clone());
            if (Refusals-- > 0)
            {
                HttpResponseMessage busy = new(HttpStatusCode.TooManyRequests);
                busy.Headers.RetryAfter = new(TimeSpan.Zero);
                return busy;
            }

            return Json("""{"choices": [{"message": {"content": " yes\n"}}], "usage": {"completion_tokens": 3}}""");
        }

        private static HttpResponseMessage Json(string text) => new(HttpStatusCode.OK) { Content = new StringContent(text, null, "application/json") };
    }
}
