using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Vlm.Api.Tests.Access;

/// <summary>One key that asks for much does not hold up the others.</summary>
public sealed class FairShareTests
{
    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Chat_OneKeyFillsTheQueue_TheOtherIsServedInBetween(string maxBatchSize)
    {
        await using TinyServer server = await TinyServer.StartAsync(
            ("Engine:MaxBatchSize", maxBatchSize),
            ("Engine:MaxQueue", "64"),
            ("Auth:Keys:0:Name", "greedy"),
            ("Auth:Keys:0:Hash", Hash("greedy")),
            ("Auth:Keys:1:Name", "modest"),
            ("Auth:Keys:1:Hash", Hash("modest")));
        Task<string>[] greedy = [.. Enumerable.Range(0, 8).Select(_ => AskAsync(server.Client, "greedy", maxTokens: 200))];
        await server.ReachesAsync("vlm_num_requests_waiting", 4, "modest");

        await AskAsync(server.Client, "modest", maxTokens: 2);

        Assert.Contains(greedy, answer => !answer.IsCompleted);
        await Task.WhenAll(greedy);
    }

    private static async Task<string> AskAsync(HttpClient client, string key, int maxTokens)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/chat")
        {
            Content = new StringContent($$"""{"prompt": "Go on", "max_tokens": {{maxTokens}}}""", Encoding.UTF8, "application/json"),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static string Hash(string key) => "sha256:" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
