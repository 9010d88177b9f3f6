using Microsoft.Extensions.Options;
using Vlm.Api.Options;
using Vlm.Merge;

namespace Vlm.Api.Requests;

/// <summary>Fewer visual tokens while many requests wait, where the server is set so and the request chose no merging itself.</summary>
internal sealed class LoadPolicy(IOptions<MergeOptions> merging, EngineHost host)
{
    private readonly MergeSpec? _merge = merging.Value.UnderLoad.Length > 0 ? MergeSpec.Parse(merging.Value.UnderLoad) : null;

    /// <summary>The merging of requests that choose none, as of now; null for the usual one.</summary>
    public MergeSpec? Merge() =>
        _merge is not null && host.LoadedOrNull?.Engine.Load.Waiting > merging.Value.UnderLoadQueue ? _merge : null;
}
