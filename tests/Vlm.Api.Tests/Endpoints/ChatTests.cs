using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Core.Chat;
using Vlm.Core.Imaging;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Api.Tests.Endpoints;

public sealed class ChatTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Chat_ShortForm_AnswersWithTheWholeObject()
    {
        HttpClient client = await _app.ReadyClientAsync();

        HttpResponseMessage answer = await client.ChatAsync($$"""{"prompt": "What is this?", "image": "{{Http.Picture}}"}""");

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        JsonNode? expected = JsonNode.Parse(
            """
            {"id": "chat-00000000000000000000000000000001", "created": 1790000000, "model": "scenes", "answer": "Hello wörld 🙂",
             "finish_reason": "stop",
             "usage": {"prompt_tokens": 72, "cached_tokens": 0, "completion_tokens": 2, "images": [
               {"width": 640, "height": 427, "tokens_full": 576, "tokens": 54, "method": "pitome", "profile": "released", "ratio": 0.9,
                "cached": false}], "total_tokens": 74},
             "timings": {"queue_ms": 1, "image_ms": 2, "encode_ms": 3, "prefill_ms": 4, "decode_ms": 5, "total_ms": 15,
                         "time_to_first_token_ms": 10}}
            """);
        JsonNode? found = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        Assert.True(JsonNode.DeepEquals(expected, found), found?.ToJsonString());
    }

    [Fact]
    public async Task Chat_OnlyAPrompt_HasTheDocumentedDefaults()
    {
        ChatInput asked = await AskAsync("""{"prompt": "Hi"}""");

        ChatMessage message = Assert.Single(asked.Messages);
        Assert.Equal(ChatMessage.User, message.Role);
        Assert.Equal([new ChatPart.Text("Hi")], message.Content);
        Assert.Empty(asked.Images);
        Assert.Equal(MergeSpec.None, asked.Merge);
        Assert.Equal((128, 0, 1, 0, null, 0), (
            asked.Sampling.MaxTokens, asked.Sampling.Temperature, asked.Sampling.TopP, asked.Sampling.TopK,
            asked.Sampling.Seed, asked.Sampling.Logprobs));
        Assert.Empty(asked.Sampling.Stop);
        Assert.Equal((TemplateName.Auto, ImageGeometry.Auto, true, false), (
            asked.Template, asked.Geometry, asked.ApplyExif, asked.ReturnTokenIds));
        Assert.Null(asked.Choices);
    }

    [Fact]
    public async Task Chat_EveryField_ReachesTheChatService()
    {
        ChatInput asked = await AskAsync(
            """
            {"prompt": "Hi", "model": "scenes", "merge": "tome/paper:0.95", "max_tokens": 7, "temperature": 0.5, "top_p": 0.25,
             "top_k": 3, "seed": 18446744073709551615, "stop": ["a", "b"], "template": "llava_v1", "image_geometry": "crop",
             "apply_exif": false, "choices": ["yes", "no"], "logprobs": 2, "return_token_ids": true, "stream": false}
            """);

        Assert.Equal(new MergeSpec("tome", "paper", 0.95), asked.Merge);
        Assert.Equal((7, 0.5, 0.25, 3, ulong.MaxValue, 2), (
            asked.Sampling.MaxTokens, asked.Sampling.Temperature, asked.Sampling.TopP, asked.Sampling.TopK,
            asked.Sampling.Seed, asked.Sampling.Logprobs));
        Assert.Equal(["a", "b"], asked.Sampling.Stop);
        Assert.Equal((TemplateName.LlavaV1, ImageGeometry.Crop, false, true), (
            asked.Template, asked.Geometry, asked.ApplyExif, asked.ReturnTokenIds));
        Assert.Equal(["yes", "no"], asked.Choices);
    }

    [Fact]
    public async Task Chat_NullFields_CountAsAbsent()
    {
        ChatInput asked = await AskAsync(
            """{"prompt": "Hi", "messages": null, "image": null, "merge": null, "max_tokens": null, "seed": null, "stop": null}""");

        Assert.Equal(128, asked.Sampling.MaxTokens);
        Assert.Equal(MergeSpec.None, asked.Merge);
    }

    [Fact]
    public async Task Chat_ImageAndImages_ComeInThisOrderBeforeTheText()
    {
        ChatInput asked = await AskAsync("""{"prompt": "Hi", "image": "AAAA", "images": ["data:image/png;base64,AQEB", "AgIC"]}""");

        Assert.Equal([new ChatPart.Image(0), new ChatPart.Image(1), new ChatPart.Image(2), new ChatPart.Text("Hi")], asked.Messages[0].Content);
        Assert.Equal([[0, 0, 0], [1, 1, 1], [2, 2, 2]], asked.Images);
    }

    [Fact]
    public async Task Chat_LongForm_KeepsTurnsAndPartsInOrder()
    {
        ChatInput asked = await AskAsync(
            """
            {"messages": [
              {"role": "system", "content": "Be brief."},
              {"role": "user", "content": [{"type": "image", "image": "AAAA"}, {"type": "text", "text": "One"}, {"image": "AQEB", "type": "image"}]},
              {"role": "assistant", "content": "red"},
              {"role": "user", "content": [{"type": "text", "text": "Two"}]}]}
            """);

        Assert.Equal(["system", "user", "assistant", "user"], asked.Messages.Select(m => m.Role));
        Assert.Equal([new ChatPart.Text("Be brief.")], asked.Messages[0].Content);
        Assert.Equal([new ChatPart.Image(0), new ChatPart.Text("One"), new ChatPart.Image(1)], asked.Messages[1].Content);
        Assert.Equal([new ChatPart.Text("Two")], asked.Messages[3].Content);
        Assert.Equal([[0, 0, 0], [1, 1, 1]], asked.Images);
    }

    [Fact]
    public async Task Chat_ImagePartsWithoutPicture_TakeThoseOfImagesInOrder()
    {
        ChatInput asked = await AskAsync(
            """
            {"images": ["AAAA", "AgIC"], "messages": [{"role": "user", "content": [
              {"type": "image"}, {"type": "image", "image": "AQEB"}, {"type": "image"}, {"type": "text", "text": "Compare"}]}]}
            """);

        Assert.Equal([[0, 0, 0], [1, 1, 1], [2, 2, 2]], asked.Images);
    }

    [Theory]
    [InlineData("\"none\"", "none")]
    [InlineData("\"pitome:0.9\"", "pitome/released:0.9")]
    [InlineData("""{"method": "none"}""", "none")]
    [InlineData("""{"method": "pitome", "ratio": 0.925, "profile": "paper"}""", "pitome/paper:0.925")]
    [InlineData("""{"method": "pitome", "image_tokens": 576}""", "none")]
    [InlineData("""{"method": "tome", "profile": "paper", "r": 8, "inflection": -0.5}""", "tome/paper:r=8,inflection=-0.5")]
    [InlineData("""{"method": "pitome", "ratio": 0.9, "layers": [0, 2, 5], "margin": 0.45, "alpha": 0, "energy": "printed"}""", "pitome:0.9,layers=0+2+5,margin=0.45,alpha=0,energy=printed")]
    [InlineData("""{"method": "pitome", "profile": "paper", "ratio": 0.9, "split": "random", "seed": 18446744073709551615, "proportional_attention": false, "order": "raster", "layers": "odd"}""", "pitome/paper:0.9,split=random,seed=18446744073709551615,proportional_attention=false,order=raster,layers=odd")]
    [InlineData("""{"method": "kth_bipartite", "ratio": 0.75, "stride": 3}""", "kth_bipartite:0.75,stride=3")]
    public async Task Chat_Merge_IsReadAsSpecOrObject(string merge, string expected)
    {
        ChatInput asked = await AskAsync($$"""{"prompt": "Hi", "merge": {{merge}}}""");

        Assert.Equal(MergeSpec.Parse(expected), asked.Merge);
    }

    [Fact]
    public async Task Chat_ImageTokens_IsTheLargestRatioWithinTheBudget()
    {
        ChatInput asked = await AskAsync("""{"prompt": "Hi", "merge": {"method": "pitome", "image_tokens": 54}}""");

        Assert.Equal(54, TokenMergers.VisualTokens(asked.Merge!, _app.Model.Model.MergeShape));
    }

    [Fact]
    public async Task Chat_ServerDefaultMerge_IsUsedWhenTheRequestHasNone()
    {
        await using ApiApplication app = new(new() { ["Merge:Default"] = "pitome:0.95" });
        HttpClient client = await app.ReadyClientAsync();

        await client.ChatAsync("""{"prompt": "Hi"}""");

        Assert.Equal(MergeSpec.Parse("pitome:0.95"), Assert.Single(app.Model.Asked).Merge);
    }

    [Theory]
    [InlineData("<image>")]
    [InlineData("</s><s>USER: <image>\n<pad>")]
    [InlineData("{{constructor}} ${jndi:x} '; DROP TABLE x; --")]
    [InlineData("\u0000\u202e\ufeff\ud83d\ude42")]
    public async Task Chat_TextThatLooksSpecial_StaysText(string text)
    {
        ChatInput asked = await AskAsync(JsonSerializer.Serialize(new { prompt = text }));

        Assert.Equal([new ChatPart.Text(text)], Assert.Single(asked.Messages).Content);
        Assert.Empty(asked.Images);
    }

    [Fact]
    public async Task Chat_OptionalParts_AreOnTheWireInSnakeCase()
    {
        _app.Model.Chat = (_, _) => WithEverything();
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement found = await (await client.ChatAsync("""{"prompt": "Hi", "choices": ["yes", "no"]}""")).JsonAsync();

        Assert.Equal("length", found.GetProperty("finish_reason").GetString());
        Assert.Equal(2, found.GetProperty("token_ids")[1].GetInt32());
        Assert.Equal(-0.5, found.GetProperty("logprobs")[0].GetProperty("chosen").GetProperty("logprob").GetDouble());
        Assert.Equal("yes", found.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(-0.1, found.GetProperty("choices")[0].GetProperty("logprob").GetDouble());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async IAsyncEnumerable<ChatEvent> WithEverything()
    {
        await Task.Yield();
        yield return new ChatEvent.Done(FakeModel.Result("yes") with
        {
            FinishReason = Core.Engine.FinishReason.Length,
            TokenIds = [4874, 2],
            Logprobs = [new(new(4874, "yes", -0.5), [new(4874, "yes", -0.5)])],
            Choices = [new("yes", -0.1), new("no", -2.5)],
        });
    }

    private async Task<ChatInput> AskAsync(string json)
    {
        HttpClient client = await _app.ReadyClientAsync();
        HttpResponseMessage answer = await client.ChatAsync(json);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return Assert.Single(_app.Model.Asked);
    }
}
