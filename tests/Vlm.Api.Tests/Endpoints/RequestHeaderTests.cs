using System.Text.Json;
using Vlm.Core.Engine;

namespace Vlm.Api.Tests.Endpoints;

public sealed class RequestHeaderTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    [Theory]
    [InlineData(null, RequestPriority.Interactive)]
    [InlineData("interactive", RequestPriority.Interactive)]
    [InlineData("batch", RequestPriority.Batch)]
    public async Task Priority_OfTheHeader_ReachesTheChatService(string? header, RequestPriority expected)
    {
        HttpResponseMessage answer = await SendAsync("X-Request-Priority", header);

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(expected, Assert.Single(_app.Model.Asked).Priority);
    }

    [Theory]
    [InlineData("X-Request-Priority", "urgent", "expected interactive or batch, found 'urgent'.")]
    [InlineData("X-Request-Timeout", "soon", "expected a number of seconds above 0, found 'soon'.")]
    [InlineData("X-Request-Timeout", "0", "expected a number of seconds above 0, found '0'.")]
    [InlineData("X-Request-Timeout", "-1", "expected a number of seconds above 0, found '-1'.")]
    [InlineData("X-Request-Timeout", "Infinity", "expected a number of seconds above 0, found 'Infinity'.")]
    public async Task Header_OutOfRange_Is400AndNamed(string name, string value, string message)
    {
        JsonElement problem = await (await SendAsync(name, value)).ProblemAsync(400);

        Assert.Equal(message, problem.Errors()[name]);
    }

    [Theory]
    [InlineData("1.5", "1.5")]
    [InlineData("100000", "600")]
    public async Task Timeout_OfTheHeader_IsTheDeadlineUpToTheServers(string header, string seconds)
    {
        TaskCompletionSource started = new();
        _app.Model.Chat = (_, cancel) => Forever(started, cancel);
        Task<HttpResponseMessage> sent = SendAsync("X-Request-Timeout", header);
        await started.Task;
        _app.Clock.FireTimers();

        JsonElement problem = await (await sent).ProblemAsync(408);

        Assert.Equal($"request: expected an end within {seconds} s, found it still running.", problem.GetProperty("detail").GetString());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async IAsyncEnumerable<Core.Chat.ChatEvent> Forever(
        TaskCompletionSource started, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        started.SetResult();
        await Task.Delay(System.Threading.Timeout.Infinite, cancel);
        yield break;
    }

    private async Task<HttpResponseMessage> SendAsync(string name, string? value)
    {
        HttpClient client = await _app.ReadyClientAsync();
        using HttpRequestMessage request = new(HttpMethod.Post, "/chat")
        {
            Content = new StringContent("""{"prompt": "Hi"}""", null, "application/json"),
        };
        if (value is not null)
        {
            request.Headers.Add(name, value);
        }

        return await client.SendAsync(request);
    }
}
