using Microsoft.Extensions.Options;
using Vlm.Api.Options;
using Vlm.Api.Requests;
using Vlm.Core.Engine;

namespace Vlm.Api;

/// <summary>Lets in requests that make work, and bounds how long each may take.</summary>
internal sealed class Admission(EngineHost host, IOptions<LimitsOptions> limits, TimeProvider clock)
{
    /// <summary>Does the work of a request within its time.</summary>
    /// <param name="http">The request.</param>
    /// <param name="work">Takes the model and the request's time, which ends with the response.</param>
    /// <exception cref="NotReadyException">The model is loading, draining or failed.</exception>
    /// <exception cref="QueueFullException">Too many requests run and wait already.</exception>
    /// <exception cref="RequestException">The client's own limit is no time.</exception>
    /// <exception cref="DeadlineException">The time is over.</exception>
    public Task<T> RunAsync<T>(HttpContext http, Func<LoadedModel, Deadline, Task<T>> work)
    {
        LoadedModel model = Admit();
        Deadline deadline = new(RequestHeaders.ReadTimeout(http.Request, limits.Value.RequestTimeoutSeconds), clock, http.RequestAborted);
        http.Response.RegisterForDispose(deadline);
        return deadline.RunAsync(() => work(model, deadline));
    }

    /// <summary>Before anything of the request is read: what is refused shall cost nothing.</summary>
    private LoadedModel Admit()
    {
        LoadedModel model = host.Model;
        EngineLoad load = model.Engine.Load;
        return load.Waiting + load.Running < load.MaxRequests ? model : throw new QueueFullException(load.MaxRequests);
    }
}
