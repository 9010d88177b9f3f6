using System.Text.Json;
using Vlm.Core.Chat;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Api.Tests.Endpoints;

public sealed class ChatFormTests : IAsyncDisposable
{
    private static readonly byte[] Picture = Convert.FromBase64String(Http.Picture);
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Form_PromptAndFiles_AreOneTurn()
    {
        ChatInput asked = await AskAsync(Form([("prompt", "What is this?")], ("image", Picture), ("image", [1, 2, 3])));

        Assert.Equal([new ChatPart.Image(0), new ChatPart.Image(1), new ChatPart.Text("What is this?")], Assert.Single(asked.Messages).Content);
        Assert.Equal([Picture, [1, 2, 3]], asked.Images);
    }

    [Fact]
    public async Task Form_EveryField_IsReadByItsType()
    {
        ChatInput asked = await AskAsync(Form(
            [
                ("prompt", "7"), ("model", "scenes"), ("merge", "pitome:0.9"), ("max_tokens", "12"), ("temperature", "0.5"), ("top_p", "0.9"),
                ("top_k", "40"), ("seed", "5"), ("stop", "x"), ("stop", "y"), ("template", "hf"), ("image_geometry", "pad"),
                ("apply_exif", "false"), ("choices", """["a", "b"]"""), ("logprobs", "1"), ("return_token_ids", "true"),
            ]));

        Assert.Equal([new ChatPart.Text("7")], asked.Messages[0].Content);
        Assert.Equal(MergeSpec.Parse("pitome:0.9"), asked.Merge);
        Assert.Equal((12, 0.5, 0.9, 40, 5UL, 1), (
            asked.Sampling.MaxTokens, asked.Sampling.Temperature, asked.Sampling.TopP, asked.Sampling.TopK,
            asked.Sampling.Seed, asked.Sampling.Logprobs));
        Assert.Equal(["x", "y"], asked.Sampling.Stop);
        Assert.Equal(["a", "b"], asked.Choices);
        Assert.Equal((TemplateName.Hf, false, true), (asked.Template, asked.ApplyExif, asked.ReturnTokenIds));
    }

    [Fact]
    public async Task Form_MergeAsJson_IsReadAsObject()
    {
        ChatInput asked = await AskAsync(Form([("prompt", "Hi"), ("merge", """{"method": "tome", "ratio": 0.95}""")]));

        Assert.Equal(MergeSpec.Parse("tome:0.95"), asked.Merge);
    }

    [Fact]
    public async Task Form_TruthAsPythonWritesIt_IsRead()
    {
        ChatInput asked = await AskAsync(Form([("prompt", "True"), ("apply_exif", "False"), ("return_token_ids", "True")]));

        Assert.Equal([new ChatPart.Text("True")], asked.Messages[0].Content);
        Assert.Equal((false, true), (asked.ApplyExif, asked.ReturnTokenIds));
    }

    [Fact]
    public async Task Form_StopOfOneText_MayLookLikeJson()
    {
        ChatInput asked = await AskAsync(Form([("prompt", "Hi"), ("stop", "{")]));

        Assert.Equal(["{"], asked.Sampling.Stop);
    }

    [Fact]
    public async Task Form_RepeatedChoices_AreAList()
    {
        ChatInput asked = await AskAsync(Form([("prompt", "Hi"), ("choices", "yes"), ("choices", "no")]));

        Assert.Equal(["yes", "no"], asked.Choices);
    }

    [Fact]
    public async Task Form_EmptyNumberFields_CountAsAbsent()
    {
        ChatInput asked = await AskAsync(Form([("prompt", "Hi"), ("seed", ""), ("max_tokens", "")]));

        Assert.Equal((128, null), (asked.Sampling.MaxTokens, asked.Sampling.Seed));
    }

    [Fact]
    public async Task Form_MessagesWithImageParts_TakeTheFilesInOrder()
    {
        string messages = """[{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "and"}, {"type": "image"}]}]""";
        ChatInput asked = await AskAsync(Form([("messages", messages)], ("image", [1]), ("image", [2])));

        Assert.Equal([[1], [2]], asked.Images);
    }

    [Fact]
    public async Task Form_Stream_SendsEvents()
    {
        HttpClient client = await _app.ReadyClientAsync();

        List<Frame> frames = await (await client.PostAsync("/chat", Form([("prompt", "Hi"), ("stream", "true")]))).FramesAsync();

        Assert.Equal("done", frames[^1].Event);
    }

    [Fact]
    public async Task Form_FilesAndImageParts_OfDifferentNumber_Are400()
    {
        string messages = """[{"role": "user", "content": [{"type": "image"}]}]""";
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement problem = await (await client.PostAsync("/chat", Form([("messages", messages)], ("image", [1]), ("image", [2])))).ProblemAsync(400);

        Assert.Equal("expected as many pictures as image parts without one in messages (1), found 2.", problem.Errors()["images"]);
    }

    [Fact]
    public async Task Form_WrongFields_AreAllListed()
    {
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement problem = await (await client.PostAsync(
            "/chat",
            Form(
                [("prompt", "a"), ("prompt", "b"), ("max_tokens", "many"), ("temperature", "NaN"), ("colour", "red"), ("shape", ""), ("apply_exif", "yes")],
                ("picture", [1])))).ProblemAsync(400);

        Assert.Equal(
            new Dictionary<string, string>
            {
                ["apply_exif"] = "expected true or false, found 'yes'.",
                ["colour"] = "unknown field.",
                ["max_tokens"] = "expected a whole number of 32 bits, found 'many'.",
                ["picture"] = "unknown field for a file; expected image.",
                ["prompt"] = "expected once, found again.",
                ["shape"] = "unknown field.",
                ["temperature"] = "expected a finite number, found 'NaN'.",
            },
            problem.Errors());
    }

    [Fact]
    public async Task Form_FileOverTheLimit_Is413()
    {
        await using ApiApplication app = new(new() { ["Images:MaxBytes"] = "2000" });
        HttpClient client = await app.ReadyClientAsync();

        JsonElement problem = await (await client.PostAsync("/chat", Form([("prompt", "Hi")], ("image", new byte[2001])))).ProblemAsync(413);

        Assert.Equal("expected at most 2000 bytes, found 2001.", problem.Errors()["image"]);
    }

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=other")]
    public async Task Form_Malformed_Is400(string contentType)
    {
        HttpClient client = await _app.ReadyClientAsync();
        ByteArrayContent body = new("--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nHi"u8.ToArray());
        body.Headers.TryAddWithoutValidation("Content-Type", contentType);

        JsonElement problem = await (await client.PostAsync("/chat", body)).ProblemAsync(400);

        Assert.StartsWith("expected multipart/form-data, found: ", problem.Errors()["body"], StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static MultipartFormDataContent Form((string Name, string Value)[] fields, params (string Name, byte[] Bytes)[] files)
    {
        MultipartFormDataContent form = [];
        foreach ((string name, string value) in fields)
        {
            form.Add(new StringContent(value), name);
        }

        foreach ((string name, byte[] bytes) in files)
        {
            form.Add(new ByteArrayContent(bytes), name, "file.bin");
        }

        return form;
    }

    private async Task<ChatInput> AskAsync(MultipartFormDataContent form)
    {
        HttpClient client = await _app.ReadyClientAsync();
        HttpResponseMessage answer = await client.PostAsync("/chat", form);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return Assert.Single(_app.Model.Asked);
    }
}
