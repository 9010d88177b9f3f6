using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Vlm.Core.Engine;
using Vlm.Testing;

namespace Vlm.Api.Tests;

/// <summary>Start, probes, drain and stop.</summary>
public sealed class LifeTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    [Fact]
    public async Task Server_WhileLoading_IsLiveAndRefusesRequests()
    {
        _app.Model.Loading = new TaskCompletionSource().Task;
        HttpClient client = _app.CreateClient();

        Assert.Equal((200, "live"), await ProbeAsync(client, "live"));
        Assert.Equal((503, "loading"), await ProbeAsync(client, "ready"));
        Assert.Equal((503, "loading"), await ProbeAsync(client, "startup"));
        HttpResponseMessage refused = await client.ChatAsync("""{"prompt": "a"}""");
        JsonElement problem = await refused.ProblemAsync(503);
        Assert.Equal("model: expected ready, found loading.", problem.GetProperty("detail").GetString());
        Assert.Equal(TimeSpan.FromSeconds(5), refused.Headers.RetryAfter?.Delta);
        await (await client.GetAsync("/v1/models")).ProblemAsync(503);
    }

    [Fact]
    public async Task Server_Loaded_IsReady()
    {
        TaskCompletionSource loaded = new();
        _app.Model.Loading = loaded.Task;
        HttpClient client = _app.CreateClient();
        loaded.SetResult();
        await _app.LoadingEnded();

        Assert.Equal((200, "ready"), await ProbeAsync(client, "ready"));
        Assert.Equal((200, "ready"), await ProbeAsync(client, "startup"));
    }

    [Fact]
    public async Task Server_EngineStoppedByItself_IsNotReady()
    {
        HttpClient client = await _app.ReadyClientAsync();
        _app.Model.Status = EngineStatus.Stopped;

        Assert.Equal(503, (await ProbeAsync(client, "ready")).Item1);
        Assert.Equal(200, (await ProbeAsync(client, "live")).Item1);
    }

    [Fact]
    public async Task Server_StepThatHangs_IsStalledUntilItEnds()
    {
        HttpClient client = await _app.ReadyClientAsync();
        _app.Model.Load = _app.Model.Load with { StepSince = Stopwatch.GetTimestamp() - (121 * Stopwatch.Frequency) };

        Assert.Equal((503, "stalled"), await ProbeAsync(client, "ready"));
        _app.Model.Load = _app.Model.Load with { StepSince = Stopwatch.GetTimestamp() };
        Assert.Equal((200, "ready"), await ProbeAsync(client, "ready"));
    }

    [Fact]
    public async Task Server_EngineFails_StopsWithItsReason()
    {
        await _app.ReadyClientAsync();
        EngineHost host = _app.Services.GetRequiredService<EngineHost>(); // the program disposes of its services when it has stopped
        Task stopped = Stopped();

        _app.Model.Ending.SetException(new InvalidOperationException("out of memory"));
        await stopped;

        Assert.Equal(
            "engine: expected it to run until the server stops, found it ended: out of memory", host.Failure?.Message);
        Assert.False(host.IsReady);
        Assert.Equal(1, StartFailure.Report(host.Failure!, TextWriter.Null));
    }

    [Fact]
    public async Task Server_WhileDraining_RefusesNewRequestsAndFinishesRunningOnes()
    {
        TaskCompletionSource answering = new(), finish = new(), drained = new();
        _app.Model.Draining = drained.Task;
        _app.Model.Chat = (_, _) => SlowlyAsync(answering, finish.Task);
        HttpClient client = await _app.ReadyClientAsync();
        Task<HttpResponseMessage> running = client.ChatAsync("""{"prompt": "a"}""");
        await answering.Task;

        Task stopped = Stopped();
        _app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal(TimeSpan.FromSeconds(30), await _app.Model.DrainLimit.Task);

        Assert.Equal((200, "live"), await ProbeAsync(client, "live"));
        Assert.Equal((503, "draining"), await ProbeAsync(client, "ready"));
        Assert.Equal((200, "draining"), await ProbeAsync(client, "startup"));
        await (await client.ChatAsync("""{"prompt": "b"}""")).ProblemAsync(503);

        finish.SetResult();
        Assert.True((await running).IsSuccessStatusCode);
        drained.SetResult();
        await stopped;
        Assert.True(_app.Model.IsDisposed);
    }

    [Fact]
    public async Task Run_CheckpointThatIsNotThere_IsOneLineAndExitCode2()
    {
        (int exit, string error) = await Server.RunAsync("--Model:Path=/no/such/folder", "--urls=http://127.0.0.1:0");

        Assert.Equal((2, "vlm: /no/such/folder: expected a checkpoint folder, found no such folder."), (exit, error));
    }

    [SkippableTheory]
    [InlineData("no_config", "config.json")]
    [InlineData("missing_shard", "model-0000")]
    [InlineData("path_traversal", "..")]
    [InlineData("wrong_type", "model_type")]
    public async Task Run_BrokenCheckpoint_IsOneLineAndExitCode2(string name, string named)
    {
        (int exit, string error) = await Server.RunAsync($"--Model:Path={Golden.Folder("bad", "checkpoints", name)}", "--urls=http://127.0.0.1:0");

        Assert.Equal(2, exit);
        Assert.Contains(named, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task Run_AddressInUse_IsOneLineAndExitCode1()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();

        (int exit, string error) = await Server.RunAsync("--Model:Path=x", $"--urls=http://{taken.LocalEndpoint}");

        Assert.Equal(1, exit);
        Assert.Contains("address already in use", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void StartFailure_OfTheProgram_IsExitCode1()
    {
        using StringWriter error = new();

        Assert.Equal(1, StartFailure.Report(new InvalidOperationException("first\nsecond"), error));
        Assert.Equal("vlm: first second", error.ToString().TrimEnd());
    }

    [Fact]
    public void StartFailure_OfOptions_ListsAllAndIsExitCode2()
    {
        using StringWriter error = new();

        Assert.Equal(2, StartFailure.Report(new OptionsValidationException("x", typeof(object), ["One.", "Two."]), error));
        Assert.Equal("vlm: One. Two.", error.ToString().TrimEnd());
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Completes when the program has stopped, by whatever cause.</summary>
    private Task Stopped()
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _app.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped.Register(stopped.SetResult);
        return stopped.Task.WaitAsync(TimeSpan.FromMinutes(5));
    }

    private static async IAsyncEnumerable<Core.Chat.ChatEvent> SlowlyAsync(TaskCompletionSource answering, Task finish)
    {
        answering.SetResult();
        await finish;
        yield return new Core.Chat.ChatEvent.Done(FakeModel.Result("late"));
    }

    private static async Task<(int Status, string Text)> ProbeAsync(HttpClient client, string name)
    {
        HttpResponseMessage answer = await client.GetAsync($"/health/{name}");
        return ((int)answer.StatusCode, (await answer.JsonAsync()).GetProperty("status").GetString()!);
    }
}
