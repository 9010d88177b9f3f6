using Microsoft.Extensions.Options;
using Vlm.Api.Contracts;
using Vlm.Api.OpenApi;
using Vlm.Api.Options;
using Vlm.Core.Engine;
using Vlm.Merge;

namespace Vlm.Api.Endpoints;

/// <summary>GET /merge/methods: what a request may choose, and what it saves on the loaded model.</summary>
internal static class MergeMethods
{
    /// <summary>Maps the route.</summary>
    public static void MapMergeMethods(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/merge/methods", List)
            .WithName("list_merge_methods")
            .WithTags("Merging")
            .WithSummary("List merging methods with the visual tokens each leaves")
            .ProducesProblems(500, 503);

    private static MergeCatalogue List(EngineHost host, IOptions<MergeOptions> options)
    {
        ModelDescription model = host.Model.Engine.Model;
        return new()
        {
            Model = model.Name,
            ImageTokens = model.TokensFull,
            Default = options.Value.Default,
            Options = [.. MergeOption.All.Select(o => new MergeOptionEntry(o.Name, o.Expected, o.Description))],
            Methods = [.. TokenMergers.All.Where(m => options.Value.Allows(m.Name)).Select(m => Describe(m, model.MergeShape))],
        };
    }

    private static MergeMethod Describe(MergeMethodInfo method, MergeShape shape) => new()
    {
        Name = method.Name,
        Description = method.Description,
        Profiles = [.. method.Profiles.Select(p => Describe(method.Name, p, shape))],
    };

    private static MergeProfile Describe(string method, MergeProfileInfo profile, MergeShape shape) => new()
    {
        Name = profile.Name,
        Description = profile.Description,
        Placement = profile.Placement,
        Metric = profile.Metric,
        Layers = profile.Layers.Text,
        Options = profile.Options,
        TracksSizes = profile.TracksSizes,
        ProportionalAttention = profile.ProportionalAttention,
        UsesAttention = profile.UsesAttention,
        TracksOwners = profile.TracksOwners,
        Tokens = [.. TokenMergers.TokensPerRatio(method, profile.Name, shape).Select(t => new RatioTokenCount(t.Ratio, t.Tokens))],
    };
}
