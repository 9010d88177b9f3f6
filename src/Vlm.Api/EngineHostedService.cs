using Microsoft.Extensions.Options;
using Vlm.Api.Options;

namespace Vlm.Api;

/// <summary>Loads the model beside the running server, and on the way down lets running requests finish.</summary>
internal sealed class EngineHostedService(
    IEngineFactory factory,
    EngineHost host,
    IOptions<LimitsOptions> limits,
    IHostApplicationLifetime lifetime,
    TimeProvider clock,
    ILogger<EngineHostedService> log) : BackgroundService, IHostedLifecycleService
{
    private LoadedModel? _model;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs before the server closes its sockets, so that running answers still go out and probes see the state.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        host.Drain();
        if (host.LoadedOrNull is { } model)
        {
            log.Draining(limits.Value.DrainSeconds);
            // A step cannot be broken off; the host's own limit ends the wait for one that hangs.
            Task drain = model.Engine.DrainAsync(TimeSpan.FromSeconds(limits.Value.DrainSeconds));
            await drain.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await (_model?.DisposeAsync().AsTask() ?? Task.CompletedTask).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            log.StillBusy(); // as with weights half loaded; the process ends all the same
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long start = clock.GetTimestamp();
        try
        {
            await ServerStartedAsync(lifetime, stoppingToken); // an address in use is found before gigabytes are read
            _model = factory.Start();
            await _model.Engine.Ready.WaitAsync(stoppingToken);
            host.Open(_model, clock.GetUtcNow());
            log.ModelReady(_model.Engine.Model.Name, clock.GetElapsedTime(start).TotalSeconds, _model.Engine.Model.Threads);
            _ = WatchAsync(_model.Engine.Completion);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            log.LoadingCancelled();
        }
        catch (Exception failure)
        {
            log.LoadingFailed(failure.GetType().Name);
            log.LoadingFailedDetails(failure);
            host.Fail(failure);
            lifetime.StopApplication();
        }
    }

    /// <summary>A process whose engine is gone is of no use: readers have their errors by now, whoever runs it shall start another.</summary>
    private async Task WatchAsync(Task engine)
    {
        try
        {
            await engine;
        }
        catch (Exception failure)
        {
            log.EngineFailed(failure);
            host.Fail(new EngineFailedException(failure));
            lifetime.StopApplication();
        }
    }

    private static async Task ServerStartedAsync(IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(cancel);
    }
}
