namespace Vlm.Clients.Tests;

/// <summary>The tests in JavaScript under web/ and clients/typescript, file by file, against running servers.</summary>
[Collection(SharedServers.Name)]
public sealed class JavaScriptTests(Servers servers)
{
    private const string Web = "tests/Vlm.Clients.Tests/web", TypeScript = "clients/typescript";

    [SkippableTheory]
    [InlineData("contract/properties.test.mjs")]
    [InlineData("contract/statuses.test.mjs")]
    [InlineData("openai.test.mjs")]
    public Task Server_BySdkAndDocument_KeepsItsPromises(string file) => Node.RunAsync(Web, Environment(), "node", "--test", file);

    [SkippableTheory]
    [InlineData("access")]
    [InlineData("ask")]
    [InlineData("figure")]
    [InlineData("problems")]
    [InlineData("swagger")]
    public Task Pages_InChromium_Work(string name)
    {
        Skip.If(Node.Chromium is null, "chromium: expected on PATH, found none (Debian package chromium).");
        return Node.RunAsync(Web, Environment(), "node", "--test", $"playground/{name}.test.mjs");
    }

    [SkippableFact]
    public async Task TypeScriptClient_TypesOfTheDocument_CompilesAndAsks()
    {
        await Node.RunAsync(TypeScript, Environment(), "npx", "openapi-typescript", "../../docs/openapi.json", "-o", "dist/schema.ts", "--default-non-nullable=false");
        await Node.RunAsync(TypeScript, Environment(), "diff", "src/schema.ts", "dist/schema.ts");
        await Node.RunAsync(TypeScript, Environment(), "npx", "tsc");
        await Node.RunAsync(TypeScript, Environment(), "node", "--test", "dist/test/");
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["VLM_URL"] = servers.Open.Url.ToString().TrimEnd('/'),
        ["VLM_KEYED_URL"] = servers.Keyed.Url.ToString().TrimEnd('/'),
        ["VLM_KEY"] = Servers.Key,
        ["VLM_PICTURES"] = Servers.Pictures,
        ["VLM_CHROMIUM"] = Node.Chromium ?? "",
    };
}
