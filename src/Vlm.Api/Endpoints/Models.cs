using Vlm.Api.Contracts;
using Vlm.Api.OpenApi;
using Vlm.Api.Requests;
using Vlm.Core.Engine;

namespace Vlm.Api.Endpoints;

/// <summary>GET /v1/models: what answers here, in OpenAI's shape.</summary>
internal static class Models
{
    /// <summary>Maps the routes.</summary>
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder models = routes.MapGroup("/v1/models").WithTags("Models");
        models.MapGet("", (EngineHost host) => new ModelList { Data = [Card(host)] })
            .WithName("list_models")
            .WithSummary("List the models")
            .ProducesOpenAiProblems(500, 503);
        models.MapGet("{id}", (string id, EngineHost host) => Card(host, id))
            .WithName("get_model")
            .WithSummary("Describe one model")
            .Produces(StatusCodes.Status400BadRequest) // a path that is no text: refused before any route, without a body
            .ProducesOpenAiProblems(404, 500, 503);
    }

    private static ModelCard Card(EngineHost host, string id)
    {
        RequestFaults faults = new();
        ModelCard card = Card(host);
        faults.CheckModel(id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), card.Id); // the router leaves it as it is
        faults.ThrowIfAny();
        return card;
    }

    private static ModelCard Card(EngineHost host)
    {
        ModelDescription model = host.Model.Engine.Model;
        return new()
        {
            Id = model.Name,
            Created = host.ReadySince.ToUnixTimeSeconds(),
            ContextLength = model.ContextLength,
            ImageTokens = model.TokensFull,
        };
    }
}
