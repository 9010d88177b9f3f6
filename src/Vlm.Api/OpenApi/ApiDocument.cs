using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Vlm.Api.Contracts;

namespace Vlm.Api.OpenApi;

/// <summary>The OpenAPI document at /openapi/v1.json and .yaml, and the page at /swagger that shows it.</summary>
internal static class ApiDocument
{
    private const string Name = "v1";

    /// <summary>Registers the document.</summary>
    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.CreateSchemaReferenceId = type => type.Type.IsGenericType && type.Type.GetGenericTypeDefinition() == typeof(TextOr<>)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new()
            {
                Title = "PiToMe.NET",
                Version = Name,
                Description = "LLaVA-1.5 with merging of visual tokens. Errors are problem details of RFC 9457.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            DescribeProblems(operation);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer<ChatOperation>();
        options.AddOperationTransformer<PreviewOperation>();
        options.AddSchemaTransformer<ApiSchemas>();
    });

    /// <summary>Maps document and page; the root leads to the page.</summary>
    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json");
        app.MapOpenApi("/openapi/{documentName}.yaml");
        app.UseSwaggerUI(page =>
        {
            page.SwaggerEndpoint($"/openapi/{Name}.json", "PiToMe.NET " + Name);
            page.ConfigObject.ValidatorUrl = null; // nothing is fetched from elsewhere
            page.DocumentTitle = "PiToMe.NET";
        });
        app.MapGet("/", () => TypedResults.Redirect("/swagger")).ExcludeFromDescription();
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
