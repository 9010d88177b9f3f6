using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using Vlm.Api.Contracts;
using Vlm.Api.Options;

namespace Vlm.Api.OpenApi;

/// <summary>The OpenAPI document at /openapi/v1.json and .yaml, and the page at /swagger that shows it.</summary>
internal static class ApiDocument
{
    private const string Name = "v1", Key = "key";

    /// <summary>Version of the document: the first number rises when an old client could break, the second when something is new.</summary>
    private const string Version = "1.3";

    /// <summary>Registers the document.</summary>
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = type => type.Type.IsGenericType && type.Type.GetGenericTypeDefinition() == typeof(TextOr<>)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddDocumentTransformer((document, context, _) =>
        {
            document.Info = new()
            {
                Title = "PiToMe.NET",
                Version = Version,
                Description = "LLaVA-1.5 with merging of visual tokens. Errors are problem details of RFC 9457.",
            };
            document.Servers = [new() { Url = "/" }]; // where the document came from
            DescribeKeys(document, context.ApplicationServices.GetRequiredService<IOptions<AuthOptions>>().Value.Keys.Count > 0);
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer<NullIsAbsent>();
        options.AddOperationTransformer((operation, _, _) =>
        {
            DescribeProblems(operation);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer<ChatOperation>();
        options.AddOperationTransformer<PreviewOperation>();
        options.AddOperationTransformer<HeaderParameters>();
        options.AddSchemaTransformer<ApiSchemas>();
    });

    /// <summary>Maps document and page.</summary>
    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName:regex(^" + Name + "$)}.json");
        app.MapOpenApi("/openapi/{documentName:regex(^" + Name + "$)}.yaml").Add(SendAsYaml);
        app.UseSwaggerUI(page =>
        {
            page.SwaggerEndpoint($"/openapi/{Name}.json", "PiToMe.NET " + Name);
            page.ConfigObject.ValidatorUrl = null; // nothing is fetched from elsewhere
            page.DocumentTitle = "PiToMe.NET";
        });
    }

    /// <summary>The framework's own media type, text/plain+yaml, is registered nowhere; RFC 9512 has one.</summary>
    private static void SendAsYaml(EndpointBuilder route)
    {
        RequestDelegate send = route.RequestDelegate!;
        route.RequestDelegate = http =>
        {
            http.Response.OnStarting(() =>
            {
                http.Response.ContentType = "application/yaml; charset=utf-8";
                return Task.CompletedTask;
            });
            return send(http);
        };
    }

    /// <summary>A key for everything but liveness, or none where the server has none.</summary>
    private static void DescribeKeys(OpenApiDocument document, bool hasKeys)
    {
        (document.Components ??= new()).SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Key] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "One of the server's keys, where it has any.",
            },
        };
        OpenApiSecurityRequirement key = new() { [new OpenApiSecuritySchemeReference(Key, document)] = [] };
        document.Security = hasKeys ? [key] : [key, []];
        document.Paths["/health/live"].Operations![HttpMethod.Get].Security = [];
    }

    private static void DescribeProblems(OpenApiOperation operation)
    {
        foreach ((string status, IOpenApiResponse response) in operation.Responses ?? [])
        {
            if (response is not OpenApiResponse problem || problem.Content?.ContainsKey(ErrorResponses.MediaType) != true)
            {
                continue;
            }

            int code = int.Parse(status, System.Globalization.CultureInfo.InvariantCulture);
            problem.Description = ProblemResponses.Meanings[code];
            if (code is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
            {
                problem.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    ["Retry-After"] = new OpenApiHeader
                    {
                        Description = "Seconds to wait.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
                    },
                };
            }
        }
    }
}
