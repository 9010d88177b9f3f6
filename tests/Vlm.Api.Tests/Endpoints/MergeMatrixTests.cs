using System.Text.Json;
using System.Text.Json.Nodes;
using Vlm.Merge;

namespace Vlm.Api.Tests.Endpoints;

/// <summary>Every method and profile with every option over POST /chat: what GET /merge/methods lists is taken, the rest refused by name.</summary>
public sealed class MergeMatrixTests(ReadyServer server) : IClassFixture<ReadyServer>
{
    private static readonly Dictionary<string, JsonNode> Examples = new()
    {
        ["layers"] = new JsonArray(0, 3, 5),
        ["r"] = 8,
        ["inflection"] = -1,
        ["margin"] = 0.45,
        ["alpha"] = 0.5,
        ["energy"] = "printed",
        ["split"] = "random",
        ["seed"] = 7,
        ["stride"] = 3,
        ["proportional_attention"] = false,
        ["order"] = "raster",
    };

    public static TheoryData<string, string> Profiles
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (MergeMethodInfo method in TokenMergers.All)
            {
                foreach (MergeProfileInfo profile in method.Profiles)
                {
                    all.Add(method.Name, profile.Name);
                }
            }

            return all;
        }
    }

    [Fact]
    public async Task Catalogue_Options_AllHaveAnExample()
    {
        JsonElement catalogue = await (await server.Client.GetAsync("/merge/methods")).JsonAsync();

        Assert.Equal(Examples.Keys, catalogue.GetProperty("options").EnumerateArray().Select(option => option.GetProperty("name").GetString()!));
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task EveryOption_IsTakenWhereListedAndElseRefusedByName(string method, string profile)
    {
        string[] listed = await OptionsAsync(method, profile);
        foreach ((string option, JsonNode value) in Examples)
        {
            HttpResponseMessage answer = await server.Client.ChatAsync(Request(method, profile, option, value));
            if (listed.Contains(option))
            {
                Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
                MergeSpec asked = server.App.Model.Asked.Last().Merge!;
                Assert.Equal((method, profile), (asked.Method, asked.Profile));
                Assert.Contains($"{option}=", asked.ToString(), StringComparison.Ordinal);
                continue;
            }

            JsonElement problem = await answer.ProblemAsync(400);
            string names = option == "inflection" ? "r, inflection" : option;
            Assert.Equal(
                $"merge options of {method}/{profile}: expected {string.Join(", ", listed)}, found '{names.Split(", ")[0]}'.",
                problem.Errors()["merge"]);
        }
    }

    [Theory]
    [MemberData(nameof(Profiles))]
    public async Task EveryScheduleAndBudget_IsTaken(string method, string profile)
    {
        foreach (string layers in new[] { "all", "odd", "even", "last", "first5", "0+3-5+9-" })
        {
            MergeSpec asked = await AskAsync(new() { ["method"] = method, ["profile"] = profile, ["ratio"] = 0.9, ["layers"] = layers });
            Assert.Equal(layers, asked.Settings.Layers?.Text);
        }

        MergeSpec budget = await AskAsync(new() { ["method"] = method, ["profile"] = profile, ["image_tokens"] = 300 });
        Assert.InRange(TokenMergers.VisualTokens(budget, server.App.Model.Model.MergeShape), 1, 300);
    }

    // What the option needs beside it: r stands for the ratio, inflection needs r.
    private static JsonObject Request(string method, string profile, string option, JsonNode value)
    {
        JsonObject merge = new() { ["method"] = method, ["profile"] = profile };
        if (option is not "r")
        {
            merge[option == "inflection" ? "r" : "ratio"] = option == "inflection" ? 8 : 0.75;
        }

        merge[option] = value.DeepClone();
        return new() { ["prompt"] = "Hi", ["merge"] = merge };
    }

    private async Task<string[]> OptionsAsync(string method, string profile)
    {
        JsonElement catalogue = await (await server.Client.GetAsync("/merge/methods")).JsonAsync();
        JsonElement info = catalogue.GetProperty("methods").EnumerateArray().Single(m => m.GetProperty("name").GetString() == method)
            .GetProperty("profiles").EnumerateArray().Single(p => p.GetProperty("name").GetString() == profile);
        return [.. info.GetProperty("options").EnumerateArray().Select(option => option.GetString()!)];
    }

    private async Task<MergeSpec> AskAsync(JsonObject merge)
    {
        HttpResponseMessage answer = await server.Client.ChatAsync(new JsonObject { ["prompt"] = "Hi", ["merge"] = merge });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return server.App.Model.Asked.Last().Merge!;
    }
}
