using System.Text.Json;

namespace Vlm.Api.Tests.Endpoints;

/// <summary>What POST /chat refuses before the engine hears of it.</summary>
public sealed class ChatRefusalTests(ReadyServer server) : IClassFixture<ReadyServer>
{
    public static TheoryData<string, string, string> WrongFields => new()
    {
        { """{}""", "prompt", "expected prompt or messages, found neither." },
        { """{"prompt": null}""", "prompt", "expected prompt or messages, found neither." },
        { """{"prompt": ""}""", "prompt", "expected text, found nothing." },
        { """{"prompt": "a", "messages": [{"role": "user", "content": "b"}]}""", "prompt", "expected prompt or messages, found both." },
        { """{"prompt": 5}""", "prompt", "expected a string, found 5." },
        { """{"prompt": ["a"]}""", "prompt", "expected a string, found an array." },
        { """{"prompt": "a", "colour": 1}""", "colour", "unknown field." },
        { """{"prompt": "a", "Prompt": "b"}""", "Prompt", "unknown field." },
        { """{"prompt": "a", "maxTokens": 5}""", "maxTokens", "unknown field." },
        { """{"prompt": "a", "prompt": "b"}""", "prompt", "expected once, found again." },
        { """{"prompt": "a", "max_tokens": 0}""", "max_tokens", "expected at least 1, found 0." },
        { """{"prompt": "a", "max_tokens": 4097}""", "max_tokens", "expected 1 to 4096, the model's context, found 4097." },
        { """{"prompt": "a", "max_tokens": "5"}""", "max_tokens", "expected a whole number of 32 bits, found '5'." },
        { """{"prompt": "a", "max_tokens": 1.5}""", "max_tokens", "expected a whole number of 32 bits, found 1.5." },
        { """{"prompt": "a", "max_tokens": 99999999999}""", "max_tokens", "expected a whole number of 32 bits, found 99999999999." },
        { """{"prompt": "a", "temperature": 2.01}""", "temperature", "expected 0 to 2, found 2.01." },
        { """{"prompt": "a", "temperature": -0.1}""", "temperature", "expected 0 to 2, found -0.1." },
        { """{"prompt": "a", "temperature": 1e999}""", "temperature", "expected a finite number, found 1e999." },
        { """{"prompt": "a", "temperature": true}""", "temperature", "expected a finite number, found true." },
        { """{"prompt": "a", "top_p": 0}""", "top_p", "expected more than 0 to 1, found 0." },
        { """{"prompt": "a", "top_p": 1.1}""", "top_p", "expected more than 0 to 1, found 1.1." },
        { """{"prompt": "a", "top_k": -1}""", "top_k", "expected at least 0, found -1." },
        { """{"prompt": "a", "seed": -9223372036854775809}""", "seed", "expected a whole number from -9223372036854775808 to 18446744073709551615, found -9223372036854775809." },
        { """{"prompt": "a", "stop": ["1", "2", "3", "4", "5"]}""", "stop", "expected at most 4 texts, found 5." },
        { """{"prompt": "a", "stop": ""}""", "stop", "expected texts of one character or more, found an empty one." },
        { """{"prompt": "a", "stop": 1}""", "stop", "expected a string or an array, found 1." },
        { """{"prompt": "a", "stop": ["x", 1]}""", "stop[1]", "expected a string, found 1." },
        { """{"prompt": "a", "stream": "yes"}""", "stream", "expected true or false, found 'yes'." },
        { """{"prompt": "a", "template": "chatml"}""", "template", "expected one of auto, vicuna_v1, llava_v1, hf, found 'chatml'." },
        { """{"prompt": "a", "template": 1}""", "template", "expected one of auto, vicuna_v1, llava_v1, hf, found 1." },
        { """{"prompt": "a", "image_geometry": "Pad"}""", "image_geometry", "expected one of auto, pad, crop, found 'Pad'." },
        { """{"prompt": "a", "apply_exif": 1}""", "apply_exif", "expected true or false, found 1." },
        { """{"prompt": "a", "choices": ["yes"]}""", "choices", "expected 2 to 64 items, found 1." },
        { """{"prompt": "a", "choices": ["yes", ""]}""", "choices", "expected texts of one character or more, found an empty one." },
        { """{"prompt": "a", "choices": "yes"}""", "choices", "expected an array, found 'yes'." },
        { """{"prompt": "a", "logprobs": 21}""", "logprobs", "expected 0 to 20, found 21." },
        { """{"prompt": "a", "image": ""}""", "image", "expected base64, found nothing." },
        { """{"prompt": "a", "image": "not base64!"}""", "image", "expected base64, found other characters or a wrong length." },
        { """{"prompt": "a", "image": "data:image/png,xyz"}""", "image", "expected a data: URL with base64, found one without." },
        { """{"prompt": "a", "images": "Qk0A"}""", "images", "expected an array, found 'Qk0A'." },
        { """{"prompt": "a", "images": ["Qk0A", null]}""", "images[1]", "expected a string, found null." },
        { """{"prompt": "a", "images": ["Qk0A", "*"]}""", "images[1]", "expected base64, found other characters or a wrong length." },
        { """{"messages": []}""", "messages", "expected a user turn at the end, found no turn." },
        { """{"messages": {}}""", "messages", "expected an array, found an object." },
        { """{"messages": [null]}""", "messages[0]", "expected an object, found null." },
        { """{"messages": [{"content": "a"}]}""", "messages[0].role", "required, found nothing." },
        { """{"messages": [{"role": "user"}]}""", "messages[0].content", "required, found nothing." },
        { """{"messages": [{"role": "user", "content": null}]}""", "messages[0].content", "expected a string or an array, found null." },
        { """{"messages": [{"role": "robot", "content": "a"}]}""", "messages[0].role", "expected one of system, user, assistant, found 'robot'." },
        { """{"messages": [{"role": "user", "content": "a", "name": "x"}]}""", "messages[0].name", "unknown field." },
        { """{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}""", "messages", "expected a user turn at the end, found another role." },
        { """{"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "b"}, {"role": "user", "content": "c"}]}""", "messages[1].role", "expected system in the first turn only, found it here." },
        { """{"messages": [{"role": "user", "content": []}]}""", "messages[0].content", "expected text or a picture, found nothing." },
        { """{"messages": [{"role": "user", "content": [{"text": "a"}]}]}""", "messages[0].content[0].type", "expected one of text, image, found nothing." },
        { """{"messages": [{"role": "user", "content": [{"type": "audio"}]}]}""", "messages[0].content[0].type", "expected one of text, image, found 'audio'." },
        { """{"messages": [{"role": "user", "content": [{"type": "text"}]}]}""", "messages[0].content[0].text", "required, found nothing." },
        { """{"messages": [{"role": "user", "content": [{"type": "text", "text": "a", "image": "b"}]}]}""", "messages[0].content[0].image", "unknown field." },
        { """{"messages": [{"role": "user", "content": [{"type": "image"}]}]}""", "messages[0].content[0].image", "expected a picture here or a further one in images or the uploaded files, found neither." },
        { """{"images": ["Qk0A"], "messages": [{"role": "user", "content": "a"}]}""", "images", "expected as many pictures as image parts without one in messages (0), found 1." },
        { """{"messages": [{"role": "system", "content": [{"type": "image", "image": "Qk0A"}]}, {"role": "user", "content": "a"}]}""", "messages[0].content", "expected pictures in user turns only, found one here." },
        { """{"prompt": "a", "merge": "pitome"}""", "merge", "merge: expected none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...], found 'pitome'." },
        { """{"prompt": "a", "merge": "pitome:0.4"}""", "merge", "merge ratio: expected 0.5 to 1, found 0.4." },
        { """{"prompt": "a", "merge": 0.9}""", "merge", "expected a string or an object, found 0.9." },
        { """{"prompt": "a", "merge": {}}""", "merge.method", "required, found nothing." },
        { """{"prompt": "a", "merge": {"method": "pitome"}}""", "merge", "merge pitome: expected one of ratio, image_tokens and r, found none." },
        { """{"prompt": "a", "merge": {"method": "pitome", "ratio": 0.9, "image_tokens": 54}}""", "merge", "merge pitome: expected one of ratio, image_tokens and r, found several." },
        { """{"prompt": "a", "merge": {"method": "pitome", "ratio": 0.4}}""", "merge.ratio", "expected 0.5 to 1, found 0.4." },
        { """{"prompt": "a", "merge": {"method": "pitome", "ratio": 1.01}}""", "merge.ratio", "expected 0.5 to 1, found 1.01." },
        { """{"prompt": "a", "merge": {"method": "pitome", "ratio": 0.9, "margin": 1}}""", "merge.margin", "expected -1 to below 1, found 1." },
        { """{"prompt": "a", "merge": {"method": "pitome", "ratio": 0.9, "layers": [false]}}""", "merge.layers[0]", "expected a whole number of 32 bits, found false." },
        { """{"prompt": "a", "merge": {"method": "pitome", "ratio": 0.9, "layers": [3, -1]}}""", "merge.layers", "expected all, odd, even, last, firstN, or layers such as 0+3-5+9- in at most 256 characters, found '3+-1'." },
        { """{"prompt": "a", "merge": {"method": "pitome", "ratio": 0.9, "split": "thirds"}}""", "merge.split", "expected one of alternate, halves, random, top, found 'thirds'." },
        { """{"prompt": "a", "merge": {"method": "tome", "ratio": 0.9, "alpha": 0}}""", "merge", "merge options of tome/released: expected layers, r, inflection, order, found 'alpha'." },
        { """{"prompt": "a", "merge": {"method": "pitome", "image_tokens": 0}}""", "merge.image_tokens", "expected at least 1, found 0." },
        { """{"prompt": "a", "merge": {"method": "pitome", "speed": 1}}""", "merge.speed", "unknown field." },
        { """[]""", "body", "expected an object, found an array." },
        { "\"hi\"", "body", "expected an object, found 'hi'." },
    };

    [Theory]
    [MemberData(nameof(WrongFields))]
    public async Task Chat_WrongField_Is400AndNamed(string json, string field, string message)
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.ChatAsync(json)).ProblemAsync(400);

        Assert.Equal(new Dictionary<string, string> { [field] = message }, problem.Errors());
        Assert.Equal($"{field}: {message}", problem.GetProperty("detail").GetString());
        Assert.Equal("Bad Request", problem.GetProperty("title").GetString());
        Assert.Equal("urn:problem-type:vlm:bad-request", problem.GetProperty("type").GetString());
        Assert.Empty(server.App.Model.Asked);
    }

    [Fact]
    public async Task Chat_SeveralWrongFields_AreAllListed()
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.ChatAsync(
            """
            {"prompt": "a", "image": "https://example.org/a.jpg", "max_tokens": 0, "top_p": 7, "template": "x", "choices": ["a", 1],
             "merge": {"method": 3, "ratio": 2}, "unknown": 1}
            """)).ProblemAsync(400);

        Assert.Equal(
            ["choices[1]", "image", "max_tokens", "merge.method", "merge.ratio", "template", "top_p", "unknown"],
            problem.Errors().Keys.Order(StringComparer.Ordinal));
        Assert.EndsWith("And 7 more in errors.", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/chat", """{"prompt": "a", "model": "b", "temperature": 9, "images": ["Qk0A", "AAAA"]}""", "images[1]", "model", "temperature")]
    [InlineData("/merge/preview", """{"model": "b", "apply_exif": 9, "image": "AAAA"}""", "apply_exif", "image", "model")]
    [InlineData("/v1/embeddings", """{"model": "b", "encoding_format": "c", "input": ["AAAA"]}""", "encoding_format", "input[0]", "model")]
    [InlineData("/chat", """{"prompt": "a", "model": "b", "image": "AAAA", "image_id": "c"}""", "image", "model")]
    public async Task Request_WithAnotherModelAndNoPicture_HearsOfThemBesideTheRest(string route, string json, params string[] fields)
    {
        HttpResponseMessage answer = await server.Client.PostAsync(route, new StringContent(json, null, "application/json"));

        Assert.Equal(fields, (await answer.ProblemAsync(400)).Errors().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Chat_UnknownMerge_NamesTheKnownOnes()
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.ChatAsync("""{"prompt": "a", "merge": "magic:0.9"}""")).ProblemAsync(400);

        Assert.Contains("pitome", problem.Errors()["merge"], StringComparison.Ordinal);
        Assert.EndsWith("found 'magic'.", problem.Errors()["merge"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_BudgetBelowTheSmallest_NamesTheSmallest()
    {
        await using ApiApplication app = new();
        app.Model.Model = app.Model.Model with { MergeShape = new(NumPatches: 576, NumLayers: 4, FeatureLayer: 3, Heads: 16) };
        HttpClient client = await app.ReadyClientAsync();

        JsonElement problem = await (await client.ChatAsync(
            """{"prompt": "a", "merge": {"method": "pitome", "image_tokens": 1}}""")).ProblemAsync(400);

        Assert.Matches("expected at least [0-9]+ with pitome/released, found 1", problem.Errors()["merge"]);
    }

    [Fact]
    public async Task Chat_MethodThatTheServerDoesNotAllow_Is400()
    {
        await using ApiApplication app = new(new() { ["Merge:AllowedMethods"] = "none, pitome" });
        HttpClient client = await app.ReadyClientAsync();

        JsonElement problem = await (await client.ChatAsync("""{"prompt": "a", "merge": "tome:0.9"}""")).ProblemAsync(400);

        Assert.Equal("expected a method that this server allows (none, pitome), found tome.", problem.Errors()["merge"]);
    }

    [Fact]
    public async Task Chat_TooManyPictures_Is400()
    {
        await using ApiApplication app = new(new() { ["Images:MaxPerRequest"] = "2" });
        HttpClient client = await app.ReadyClientAsync();

        JsonElement problem = await (await client.ChatAsync("""{"prompt": "a", "images": ["Qk0A", "Qk0A", "Qk0A"]}""")).ProblemAsync(400);

        Assert.Equal("expected at most 2 pictures in a request, found 3.", problem.Errors()["images"]);
    }

    [Theory]
    [InlineData("http://127.0.0.1/a.png")]
    [InlineData("HTTPS://example.org/a.png")]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.org/a.png")]
    public async Task Chat_UrlPicture_Is422(string url)
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.ChatAsync($$"""{"prompt": "a", "image": "{{url}}"}""")).ProblemAsync(422);

        Assert.Equal("URLs are not fetched by this server; expected base64 or a data: URL.", problem.Errors()["image"]);
        Assert.Equal("urn:problem-type:vlm:unprocessable-content", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Chat_PictureOverTheLimit_Is413WithTheLimit()
    {
        await using ApiApplication app = new(new() { ["Images:MaxBytes"] = "3000" });
        HttpClient client = await app.ReadyClientAsync();
        string image = Convert.ToBase64String(new byte[3003]);

        JsonElement problem = await (await client.ChatAsync($$"""{"prompt": "a", "image": "{{image}}"}""")).ProblemAsync(413);

        Assert.Equal("expected at most 3000 bytes, found 3003.", problem.Errors()["image"]);
    }

    [Fact]
    public async Task Chat_OtherModel_Is404()
    {
        HttpClient client = server.Client;

        JsonElement problem = await (await client.ChatAsync("""{"prompt": "a", "model": "gpt-5"}""")).ProblemAsync(404);

        Assert.Equal("model: expected scenes, found 'gpt-5'.", problem.GetProperty("detail").GetString());
    }
}
