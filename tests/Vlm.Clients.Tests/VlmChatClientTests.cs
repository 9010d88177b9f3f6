using Microsoft.Extensions.AI;
using Vlm.Client;

namespace Vlm.Clients.Tests;

/// <summary>The adapter to Microsoft.Extensions.AI against a running server.</summary>
[Collection(SharedServers.Name)]
public sealed class VlmChatClientTests(Servers servers) : IDisposable
{
    private static readonly ChatMessage[] Messages =
    [
        new(ChatRole.User,
        [
            new DataContent(File.ReadAllBytes(Path.Combine(Servers.Pictures, "six.png")), "image/png"),
            new TextContent("How many objects are there?"),
        ]),
    ];

    private readonly HttpClient _http = servers.Open.Client();

    private VlmChatClient Chat => new(new VlmClient(_http));

    [Fact]
    public async Task Response_PictureAndMerge_HasTextReasonAndUsage()
    {
        ChatOptions options = new() { MaxOutputTokens = 8, AdditionalProperties = new() { [VlmChatClient.Merge] = new MergeSetting("pitome") { Ratio = 0.9 } } };

        ChatResponse response = await Chat.GetResponseAsync(Messages, options);

        ChatAnswer same = Assert.IsType<ChatAnswer>(response.RawRepresentation);
        Assert.NotEmpty(response.Text);
        Assert.Equal(same.Answer, response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(same.Usage.Images.Single().Tokens, response.Usage!.AdditionalCounts![VlmChatClient.ImageTokens]);
        Assert.Equal(("pitome", 0.9), (same.Usage.Images[0].Method, same.Usage.Images[0].Ratio));
        Assert.Equal(response.Usage.TotalTokenCount, response.Usage.InputTokenCount + response.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Stream_PutTogether_IsTheResponse()
    {
        ChatResponse whole = await Chat.GetResponseAsync(Messages);

        ChatResponse streamed = await Chat.GetStreamingResponseAsync(Messages).ToChatResponseAsync();

        Assert.Equal(whole.Text, streamed.Text);
        Assert.Equal(whole.FinishReason, streamed.FinishReason);
        Assert.Equal(whole.Usage!.OutputTokenCount, streamed.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task Response_EarlierTurns_AreKept()
    {
        ChatMessage[] talk = [.. Messages, new(ChatRole.Assistant, "6"), new(ChatRole.User, "How many objects are there?")];

        ChatResponse response = await Chat.GetResponseAsync(talk, new() { Instructions = "Answer shortly.", MaxOutputTokens = 8 });

        Assert.NotEmpty(response.Text);
    }

    [Fact]
    public async Task Response_ToolsOrJson_IsRefusedBeforeItIsSent()
    {
        await Assert.ThrowsAsync<NotSupportedException>(() => Chat.GetResponseAsync(Messages, new() { ResponseFormat = ChatResponseFormat.Json }));
        await Assert.ThrowsAsync<NotSupportedException>(
            () => Chat.GetResponseAsync(Messages, new() { Tools = [AIFunctionFactory.Create(() => 1, "one")] }));
    }

    [Fact]
    public void Service_ClientBehind_IsFound()
    {
        Assert.NotNull(Chat.GetService<VlmClient>());
        Assert.Null(Chat.GetService<HttpClient>());
    }

    public void Dispose() => _http.Dispose();
}
