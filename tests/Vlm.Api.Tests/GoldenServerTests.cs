using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Vlm.Testing;

namespace Vlm.Api.Tests;

/// <summary>The real engine behind a real socket: the reference's answers over HTTP, in float64.</summary>
public sealed class GoldenServerTests
{
    private const string Checkpoint = "tiny-336";

    [SkippableFact]
    public async Task Chat_GoldenCases_OneByOneAnd16AtATime_HaveTheReferencesIds()
    {
        (string Name, JsonObject Body, int[] Ids)[] cases = [.. Cases()];
        await using WebApplication server = await StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.Urls.Single()), Timeout = TimeSpan.FromMinutes(5) };

        foreach ((string name, JsonObject body, int[] ids) in cases)
        {
            int[] found = await AskAsync(client, body);
            Assert.True(ids.SequenceEqual(found), $"{name} alone");
        }

        var together = Enumerable.Range(0, 16).Select(i => cases[i % cases.Length]).ToArray();
        int[][] answers = await Task.WhenAll(together.Select(c => AskAsync(client, c.Body)));
        Assert.All(together.Zip(answers), pair => Assert.True(pair.First.Ids.SequenceEqual(pair.Second), $"{pair.First.Name} among 16"));

        await server.StopAsync();
    }

    [SkippableFact]
    public async Task Chat_BadPictures_HaveTheDocumentedStatusAndTheServerGoesOn()
    {
        Dictionary<string, int> documented = new()
        {
            ["empty.jpg"] = 400,
            ["text.png"] = 400,
            ["truncated.jpg"] = 400,
            ["truncated.png"] = 400,
            ["header_only.jpg"] = 400,
            ["bomb.png"] = 413,
            ["zero_size.png"] = 400,
            ["svg_external.svg"] = 422,
            ["script.pdf"] = 422,
            ["wrong_name.jpg"] = 200,
            ["bad_crc.png"] = 400,
        };
        string folder = Golden.Folder("bad", "images");
        await using WebApplication server = await StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.Urls.Single()) };

        foreach ((string name, int status) in documented)
        {
            using MultipartFormDataContent form = [];
            form.Add(new StringContent("What is this?"), "prompt");
            form.Add(new StringContent("1"), "max_tokens");
            form.Add(new ByteArrayContent(await File.ReadAllBytesAsync(Path.Combine(folder, name))), "image", name);
            using HttpResponseMessage answer = await client.PostAsync("/chat", form);

            Assert.True(status == (int)answer.StatusCode, $"{name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            if (status != 200)
            {
                Assert.Equal(["image"], (await answer.ProblemAsync(status)).Errors().Keys);
            }
        }

        await server.StopAsync();
    }

    [SkippableFact]
    public async Task Chat_PromptAboveTheContext_Is400AndNamed()
    {
        await using WebApplication server = await StartAsync();
        using HttpClient client = new() { BaseAddress = new Uri(server.Urls.Single()) };
        string prompt = string.Concat(Enumerable.Repeat("word ", 100_000));

        JsonElement problem = await (await client.ChatAsync(new JsonObject { ["prompt"] = prompt })).ProblemAsync(400);

        Assert.Equal(["prompt"], problem.Errors().Keys);
        await server.StopAsync();
    }

    private static async Task<int[]> AskAsync(HttpClient client, JsonObject body)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync("/chat", body);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return [.. JsonNode.Parse(text)!["token_ids"]!.AsArray().Select(id => id!.GetValue<int>())];
    }

    private static async Task<WebApplication> StartAsync()
    {
        WebApplication server = ApiHost.Build(["--urls=http://127.0.0.1:0"], new Dictionary<string, string?>
        {
            ["Model:Path"] = Golden.Folder("checkpoints", Checkpoint),
            ["Model:Dtype"] = "float64",
            ["Engine:WarmUp"] = "false",
            ["Serilog:MinimumLevel:Default"] = "Fatal",
        });
        await server.StartAsync();
        await server.Services.GetServices<IHostedService>().OfType<EngineHostedService>().Single().ExecuteTask!;
        Assert.Null(server.Services.GetRequiredService<EngineHost>().Failure);
        return server;
    }

    /// <summary>The cases that this server is asked for as it stands: its own tokenizer rule.</summary>
    private static IEnumerable<(string Name, JsonObject Body, int[] Ids)> Cases()
    {
        foreach (string file in Directory.GetFiles(Golden.Folder("cases"), "*.json").Order(StringComparer.Ordinal))
        {
            JsonNode golden = JsonNode.Parse(File.ReadAllText(file))!;
            if (golden["checkpoint"]!.GetValue<string>() == Checkpoint && golden["tokenizer"]!.GetValue<string>() == "hf_fast")
            {
                yield return (Path.GetFileName(file), Body(golden), [.. golden["expect"]!["ids"]!.AsArray().Select(id => id!.GetValue<int>())]);
            }
        }
    }

    private static JsonObject Body(JsonNode golden) => new()
    {
        ["messages"] = new JsonArray([.. golden["messages"]!.AsArray().Select(Turn)]),
        ["images"] = new JsonArray([.. golden["images"]!.AsArray().Select(Picture)]),
        ["template"] = golden["template"]!.DeepClone(),
        ["image_geometry"] = golden["geometry"]!.DeepClone(),
        ["apply_exif"] = golden["apply_exif"]!.DeepClone(),
        ["merge"] = golden["merge"]?.DeepClone(),
        ["max_tokens"] = golden["max_new_tokens"]!.DeepClone(),
        ["return_token_ids"] = true,
    };

    private static JsonObject Turn(JsonNode? turn)
    {
        var pictures = Enumerable.Range(0, turn!["images"]!.GetValue<int>()).Select(_ => new JsonObject { ["type"] = "image" });
        return new()
        {
            ["role"] = turn["role"]!.DeepClone(),
            ["content"] = new JsonArray([.. pictures, new JsonObject { ["type"] = "text", ["text"] = turn["content"]!.DeepClone() }]),
        };
    }

    private static JsonNode Picture(JsonNode? name) =>
        Convert.ToBase64String(File.ReadAllBytes(Golden.Folder("images", name!.GetValue<string>())));
}
