using System.Text;
using System.Text.Json;

namespace Vlm.Api.Tests.Faults;

/// <summary>Requests as no client would send them, of the paths of an OpenAPI document.</summary>
/// <param name="random">Decides everything.</param>
/// <param name="paths">The document's paths.</param>
internal sealed class OddRequests(Random random, JsonElement paths)
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "FOO"];

    private static readonly string[] Queries =
        ["", "", "?", "?%00", "?a=%ff&a", "?=&&=", "?stream=true", "?__proto__[a]=1", "?%F0%9F%99%82", "?" + new string('a', 3000)];

    private static readonly string[] Names =
        ["scenes", "gpt-x", "%F0%9F%99%82", "a%2Fb", "..;", "%25", "%0A", "%FF", "-1", "null", new string('a', 500)];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("X-Request-Timeout", ["1", "0", "-1", "1e400", "nan", "", " ", "\u00e9", "\u0001", "99999999999999999999"]),
        ("X-Request-Priority", ["batch", "BATCH", "", "\u00ff", "interactive,batch"]),
        ("Accept", ["text/xml", "*/*;q=0", "application/json", "\u00ff", "text/event-stream"]),
        ("Authorization", ["Bearer", "Bearer \u00e9", "Basic x", ""]),
        ("Range", ["bytes=0-1", "lines=1"]),
        ("If-None-Match", ["*"]),
        ("Cookie", ["a=\u00e9"]),
        ("Origin", ["null", "http://example.com"]),
        ("X-HTTP-Method-Override", ["DELETE"]),
    ];

    private static readonly string?[] Types =
    [
        "application/json", "application/json", "application/json", null, "", "text/plain", "application/xml", "application/json; charset=utf-16",
        "application/json; charset=\u00e9", "multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "\u0001", "*/*",
    ];

    private static readonly string[] Bodies =
    [
        "", "null", "[]", "\"\"", "0", "{}", "{", "\u0000", "{\"a\\u0000b\": 1}", "{\"prompt\": null, \"messages\": null}",
        """{"prompt": "a"}""", """{"prompt": "a", "max_tokens": 1e309}""", """{"prompt": "a", "max_tokens": 9223372036854775808}""",
        """{"prompt": "a", "seed": -1e30, "temperature": -0.0, "top_k": 1e9}""", """{"prompt": "a\u0000\u001f", "stop": "\u0000"}""",
        """{"prompt": "a", "stream": true}""", """{"prompt": "a", "images": [null, [], {}]}""",
        """{"messages": [{"role": "user", "content": "a"}]}""", """{"messages": [{"role": "user", "content": [{"type": null}]}]}""",
        """{"messages": [{"role": "user", "content": "a"}], "stream": true, "n": 2}""", """{"messages": [[[[]]]], "n": 1e3}""",
        """{"messages": [{"role": "user", "content": "a"}], "logit_bias": {"\u0000": null}, "response_format": {"type": "json_schema", "json_schema": {"schema": true}}}""",
        """{"input": "AAAA"}""", """{"input": [[]]}""", """{"input": null, "image_id": "\u0000"}""", """{"image": "AAAA", "merge": "none"}""",
        """{"image": "AAAA", "merge": {"method": "pitome", "image_tokens": -9223372036854775808}}""",
    ];

    /// <summary>The methods that the document has for a path, and a request to it.</summary>
    public (JsonElement Methods, HttpRequestMessage Request) Next()
    {
        JsonProperty path = One([.. paths.EnumerateObject()]);
        string method = random.Next(3) > 0 ? One([.. path.Value.EnumerateObject()]).Name.ToUpperInvariant() : One(Methods);
        string url = path.Name.Replace("{id}", One(Names), StringComparison.Ordinal) + One(Queries);
        HttpRequestMessage request = new(new HttpMethod(method), new Uri(url, UriKind.Relative));
        if (method is not ("GET" or "HEAD" or "TRACE") || random.Next(8) == 0)
        {
            request.Content = Body();
        }

        foreach ((string name, string[] values) in Headers.Where(_ => random.Next(5) == 0))
        {
            request.Headers.TryAddWithoutValidation(name, One(values));
        }

        return (path.Value, request);
    }

    private ByteArrayContent Body()
    {
        ByteArrayContent body = new(random.Next(12) == 0 ? Noise() : Encoding.UTF8.GetBytes(One(Bodies)));
        if (One(Types) is { } type)
        {
            body.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (random.Next(12) == 0)
        {
            body.Headers.TryAddWithoutValidation("Content-Encoding", One("gzip", "identity", "\u00e9"));
        }

        return body;
    }

    private byte[] Noise()
    {
        byte[] noise = new byte[random.Next(64)];
        random.NextBytes(noise);
        return noise;
    }

    private T One<T>(params ReadOnlySpan<T> these) => these[random.Next(these.Length)];
}
