using System.ClientModel;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Embeddings;
using OpenAI.Models;
using Vlm.Client;

namespace Vlm.Clients.Tests;

/// <summary>OpenAI's own .NET SDK, unchanged.</summary>
[Collection(SharedServers.Name)]
public sealed class OpenAiSdkTests(Servers servers)
{
    private const string Model = "scenes";

    private static readonly UserChatMessage Question = new(
        ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(File.ReadAllBytes(Path.Combine(Servers.Pictures, "six.png"))), "image/png"),
        ChatMessageContentPart.CreateTextPart("How many objects are there?"));

    private OpenAIClient Client => At(servers.Open, "none");

    [Fact]
    public async Task Chat_PicturePart_IsAnswered()
    {
        ChatCompletion answer = await Client.GetChatClient(Model).CompleteChatAsync([Question], new() { Temperature = 0 });

        Assert.Equal(await ExpectedAsync(), Assert.Single(answer.Content).Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(answer.Usage.TotalTokenCount, answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Chat_Streamed_IsTheSame()
    {
        string text = "";
        await foreach (StreamingChatCompletionUpdate update in Client.GetChatClient(Model).CompleteChatStreamingAsync([Question], new() { Temperature = 0 }))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.Equal(await ExpectedAsync(), text);
    }

    [Fact]
    public async Task Embedding_ModelsAndErrors_HaveTheSdksTypes()
    {
        string picture = "data:image/png;base64," + Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(Servers.Pictures, "six.png")));

        OpenAIEmbedding vector = await Client.GetEmbeddingClient(Model).GenerateEmbeddingAsync(picture);
        OpenAIModelCollection models = await Client.GetOpenAIModelClient().GetModelsAsync();
        ClientResultException missing = await Assert.ThrowsAsync<ClientResultException>(
            () => Client.GetChatClient("gpt-x").CompleteChatAsync([Question]));
        ClientResultException refused = await Assert.ThrowsAsync<ClientResultException>(
            () => At(servers.Keyed, "wrong").GetOpenAIModelClient().GetModelsAsync());

        Assert.Equal(1, Math.Sqrt(vector.ToFloats().ToArray().Sum(v => (double)v * v)), 1e-5);
        Assert.Equal(Model, Assert.Single(models).Id);
        Assert.Equal(404, missing.Status);
        Assert.Contains("model_not_found", missing.Message, StringComparison.Ordinal);
        Assert.Equal(401, refused.Status);
    }

    /// <summary>What POST /chat answers to the same question.</summary>
    private async Task<string> ExpectedAsync()
    {
        using HttpClient http = servers.Open.Client();
        string picture = Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(Servers.Pictures, "six.png")));
        ChatAnswer answer = await new VlmClient(http).AskAsync(new() { Prompt = "How many objects are there?", Image = picture });
        Assert.NotEmpty(answer.Answer);
        return answer.Answer;
    }

    private static OpenAIClient At(ServerProcess server, string key) => new(
        new ApiKeyCredential(key), new OpenAIClientOptions { Endpoint = new Uri(server.Url, "v1") });
}
