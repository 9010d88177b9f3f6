using System.Text.Json;
using Vlm.Merge;

namespace Vlm.Api.Tests.Endpoints;

public sealed class ModelsTests(ReadyServer server) : IClassFixture<ReadyServer>
{
    [Fact]
    public async Task Models_List_HasTheLoadedModelInOpenAisShape()
    {
        JsonElement list = await (await server.Client.GetAsync("/v1/models")).JsonAsync();

        Assert.Equal("list", list.GetProperty("object").GetString());
        JsonElement model = Assert.Single(list.GetProperty("data").EnumerateArray());
        Assert.Equal("scenes", model.GetProperty("id").GetString());
        Assert.Equal("model", model.GetProperty("object").GetString());
        Assert.Equal("vlm", model.GetProperty("owned_by").GetString());
        Assert.Equal((4096, 576), (model.GetProperty("context_length").GetInt32(), model.GetProperty("image_tokens").GetInt32()));
        Assert.InRange(model.GetProperty("created").GetInt64(), 1_700_000_000, 99_999_999_999);
    }

    [Fact]
    public async Task Models_ByName_IsTheSameCard()
    {
        JsonElement list = await (await server.Client.GetAsync("/v1/models")).JsonAsync();

        string card = await server.Client.GetStringAsync("/v1/models/scenes");

        Assert.Equal(list.GetProperty("data")[0].GetRawText(), card);
    }

    [Fact]
    public async Task Models_UnknownName_Is404()
    {
        JsonElement problem = await (await server.Client.GetAsync("/v1/models/gpt-5")).ProblemAsync(404);

        Assert.Equal("model: expected scenes, found 'gpt-5'.", problem.GetProperty("detail").GetString());
    }

    /// <summary>Clients escape the slash of a name; the path of the request keeps it so.</summary>
    [Fact]
    public async Task Models_NameWithASlash_IsFound()
    {
        await using ApiApplication app = new();
        app.Model.Model = app.Model.Model with { Name = "llava-hf/llava-1.5-7b-hf" };
        HttpClient client = await app.ReadyClientAsync();

        JsonElement card = await (await client.GetAsync("/v1/models/llava-hf%2Fllava-1.5-7b-hf")).JsonAsync();

        Assert.Equal("llava-hf/llava-1.5-7b-hf", card.GetProperty("id").GetString());
    }

    [Fact]
    public async Task MergeMethods_List_HasTheTokensOfTheLoadedModel()
    {
        JsonElement catalogue = await (await server.Client.GetAsync("/merge/methods")).JsonAsync();

        Assert.Equal(("scenes", "none", 576), (
            catalogue.GetProperty("model").GetString(), catalogue.GetProperty("default").GetString(), catalogue.GetProperty("image_tokens").GetInt32()));
        JsonElement pitome = catalogue.GetProperty("methods").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "pitome");
        JsonElement released = pitome.GetProperty("profiles").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "released");

        // The table of llava.md section 8.
        Dictionary<double, int> published = new() { [1] = 576, [0.975] = 330, [0.95] = 183, [0.925] = 101, [0.9] = 54, [0.875] = 30, [0.85] = 17 };
        Dictionary<double, int> found = released.GetProperty("tokens").EnumerateArray()
            .ToDictionary(t => t.GetProperty("ratio").GetDouble(), t => t.GetProperty("tokens").GetInt32());
        Assert.All(published, row => Assert.Equal(row.Value, found[row.Key]));
    }

    [Fact]
    public async Task MergeMethods_List_SaysWhatEachProfileTakes()
    {
        JsonElement catalogue = await (await server.Client.GetAsync("/merge/methods")).JsonAsync();

        JsonElement[] methods = [.. catalogue.GetProperty("methods").EnumerateArray()];
        Assert.Equal(TokenMergers.All.Select(m => m.Name), methods.Select(m => m.GetProperty("name").GetString()!));
        JsonElement tome = methods.Single(m => m.GetProperty("name").GetString() == "tome").GetProperty("profiles")[1];
        Assert.Equal("paper", tome.GetProperty("name").GetString());
        Assert.Equal("inside_block", tome.GetProperty("placement").GetString());
        Assert.Equal("keys", tome.GetProperty("metric").GetString());
        Assert.Equal("all", tome.GetProperty("layers").GetString());
        Assert.Equal(
            ["layers", "r", "inflection", "proportional_attention", "order"],
            tome.GetProperty("options").EnumerateArray().Select(o => o.GetString()!));
        Assert.Equal(
            MergeOption.All.Select(o => o.Name),
            catalogue.GetProperty("options").EnumerateArray().Select(o => o.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task MergeMethods_OnlyAllowedOnes_AreListed()
    {
        await using ApiApplication app = new(new() { ["Merge:AllowedMethods"] = "none,tome", ["Merge:Default"] = "tome:0.9" });
        HttpClient client = await app.ReadyClientAsync();

        JsonElement catalogue = await (await client.GetAsync("/merge/methods")).JsonAsync();

        Assert.Equal("tome:0.9", catalogue.GetProperty("default").GetString());
        Assert.Equal(["none", "tome"], catalogue.GetProperty("methods").EnumerateArray().Select(m => m.GetProperty("name").GetString()!));
    }
}
