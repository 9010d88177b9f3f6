using System.Text;
using System.Text.Json;

namespace Vlm.Api.Tests.Endpoints;

/// <summary>Bodies that are made to break a parser.</summary>
public sealed class ChatHostileBodyTests(ReadyServer server) : IClassFixture<ReadyServer>
{
    [Theory]
    [InlineData("", "line 1, byte 1")]
    [InlineData("   ", "line 1, byte 4")]
    [InlineData("{", "line 1, byte 2")]
    [InlineData("{\"prompt\": \"a\",\n \"max_tokens\": }", "line 2, byte 16")]
    [InlineData("{\"prompt\": \"a\",}", "line 1, byte 16")]
    [InlineData("{\"prompt\": \"a\"} x", "line 1, byte 17")]
    [InlineData("{'prompt': 'a'}", "line 1, byte 2")]
    [InlineData("{\"prompt\": \"a\", \"temperature\": NaN}", "line 1, byte 32")]
    [InlineData("{\"prompt\": \"a\", \"temperature\": -Infinity}", "line 1, byte 33")]
    [InlineData("{\"prompt\": \"a\", \"temperature\": 01}", "line 1, byte 33")]
    [InlineData("{\"prompt\": \"a\" /* comment */}", "line 1, byte 16")]
    [InlineData("{\"prompt\": \"\u0001\"}", "line 1, byte 13")]
    public async Task Chat_MalformedJson_Is400WithItsPosition(string json, string position)
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.ChatAsync(json)).ProblemAsync(400);

        Assert.StartsWith($"expected JSON, found at {position}: ", problem.Errors()["body"], StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problem.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public async Task Chat_DeepNesting_Is400(char open, char close)
    {
        HttpClient client = server.Client;
        string one = open == '{' ? "{\"a\":" : "[";
        string json = string.Concat(Enumerable.Repeat(one, 100_000)) + "1" + new string(close, 100_000);

        JsonElement problem = await (await client.ChatAsync(json)).ProblemAsync(400);

        Assert.Contains("depth of 32", problem.Errors()["body"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_HugeNumber_IsRefusedByItsField()
    {
        HttpClient client = server.Client;
        string digits = new('9', 100_000);

        JsonElement problem = await (await client.ChatAsync($$"""{"prompt": "a", "max_tokens": {{digits}}, "temperature": {{digits}} }""")).ProblemAsync(400);

        Assert.Equal(["max_tokens", "temperature"], problem.Errors().Keys);
        Assert.True(problem.GetRawText().Length < 2_000, "the number is quoted in full");
    }

    [Fact]
    public async Task Chat_OneFieldAgainAndAgain_IsListedToALimit()
    {
        HttpClient client = server.Client;
        string again = string.Concat(Enumerable.Repeat(", \"x\": 1", 50_000));

        JsonElement problem = await (await client.ChatAsync($$"""{"prompt": "a"{{again}}}""")).ProblemAsync(400);

        Assert.Equal(10, problem.GetProperty("errors").GetProperty("x").GetArrayLength());
    }

    [Fact]
    public async Task Chat_MillionsOfFaults_AreListedToALimit()
    {
        HttpClient client = server.Client;
        StringBuilder json = new("{\"prompt\": \"a\"");
        for (int i = 0; i < 50_000; i++)
        {
            json.Append(System.Globalization.CultureInfo.InvariantCulture, $", \"x{i}\": 1");
        }

        JsonElement problem = await (await client.ChatAsync(json.Append('}').ToString())).ProblemAsync(400);

        Assert.Equal(100, problem.Errors().Count);
    }

    [Fact]
    public async Task Chat_LongUnknownName_IsCut()
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.ChatAsync($$"""{"prompt": "a", "{{new string('x', 100_000)}}": 1}""")).ProblemAsync(400);

        Assert.True(Assert.Single(problem.Errors().Keys).Length < 100);
    }

    [Theory]
    [InlineData("{\"prompt\": \"\\ud800\"}", "prompt", "expected valid Unicode text.")]
    [InlineData("{\"prompt\": \"a\", \"\\ud800\": 1}", "?", "expected a name in valid Unicode.")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": [{\"\\ud800\": 1, \"type\": \"text\", \"text\": \"a\"}]}]}", "messages[0].content[0].?", "expected a name in valid Unicode.")]
    [InlineData("{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"\\ud800\"}]}]}", "messages[0].content[0].type", "expected one of text, image, found a string.")]
    public async Task Chat_HalfASurrogatePair_IsRefused(string json, string field, string message)
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.ChatAsync(json)).ProblemAsync(400);

        Assert.Equal(message, problem.Errors()[field]);
    }

    [Fact]
    public async Task Chat_InvalidUtf8_IsRefusedByItsField()
    {
        HttpClient client = server.Client;
        byte[] body = [.. "{\"prompt\": \""u8, 0xC3, 0x28, 0xFF, .. "\"}"u8];

        JsonElement problem = await (await client.PostAsync("/chat", Body(body, "application/json"))).ProblemAsync(400);

        Assert.Equal("expected valid Unicode text.", problem.Errors()["prompt"]);
    }

    [Fact]
    public async Task Chat_ByteOrderMark_IsSkipped()
    {
        HttpClient client = server.Client;
        byte[] body = [0xEF, 0xBB, 0xBF, .. "{\"prompt\": \"a\"}"u8];

        Assert.True((await client.PostAsync("/chat", Body(body, "application/json"))).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Chat_Utf16Body_Is400()
    {
        HttpClient client = server.Client;

        await (await client.PostAsync("/chat", Body(Encoding.Unicode.GetBytes("{\"prompt\": \"a\"}"), "application/json"))).ProblemAsync(400);
    }

    [Theory]
    [InlineData("text/plain", "text/plain")]
    [InlineData("application/x-www-form-urlencoded", "application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16", "application/json; charset=utf-16")]
    [InlineData("nonsense", "nonsense")]
    [InlineData(null, "none")]
    public async Task Chat_OtherMediaType_Is415(string? contentType, string named)
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.PostAsync("/chat", Body("{\"prompt\": \"a\"}"u8.ToArray(), contentType))).ProblemAsync(415);

        Assert.Equal(
            $"Content-Type: expected application/json in UTF-8 or multipart/form-data, found {named}.",
            problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("application/json; charset=UTF-8")]
    [InlineData("application/vnd.api+json")]
    public async Task Chat_JsonMediaType_IsRead(string contentType)
    {
        HttpClient client = server.Client;

        Assert.True((await client.PostAsync("/chat", Body("{\"prompt\": \"a\"}"u8.ToArray(), contentType))).IsSuccessStatusCode);
    }

    [Fact]
    public async Task Chat_CompressedBody_Is415()
    {
        HttpClient client = server.Client;
        ByteArrayContent body = Body("{\"prompt\": \"a\"}"u8.ToArray(), "application/json");
        body.Headers.ContentEncoding.Add("gzip");

        await (await client.PostAsync("/chat", body)).ProblemAsync(415);
    }

    private static ByteArrayContent Body(byte[] bytes, string? contentType)
    {
        ByteArrayContent content = new(bytes);
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return content;
    }
}
