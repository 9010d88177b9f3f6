using System.Text;
using System.Text.Json;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Core.Preview;
using Vlm.Merge;

namespace Vlm.Api.Tests.Endpoints;

/// <summary>POST /merge/preview over HTTP.</summary>
public sealed class MergePreviewTests : IAsyncDisposable
{
    private readonly ApiApplication _app = new();

    public static TheoryData<string, string, string> WrongFields => new()
    {
        { """{}""", "image", "expected one picture, found 0." },
        { """{"image": 5}""", "image", "expected a string, found 5." },
        { """{"image": "*"}""", "image", "expected base64, found other characters or a wrong length." },
        { """{"image": "Qk0A", "prompt": "a"}""", "prompt", "unknown field." },
        { """{"image": "Qk0A", "merge": "pitome"}""", "merge", "merge: expected none or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...], found 'pitome'." },
        { """{"image": "Qk0A", "merge": {"method": "pitome", "ratio": 0.1}}""", "merge.ratio", "expected 0.5 to 1, found 0.1." },
        { """{"image": "Qk0A", "apply_exif": 1}""", "apply_exif", "expected true or false, found 1." },
    };

    [Fact]
    public async Task Preview_Json_IsTheRecordOfEveryLayer()
    {
        JsonElement answer = await (await PostAsync(
            $$"""{"image": "{{Http.Picture}}", "merge": "pitome/paper:0.9", "image_geometry": "pad", "apply_exif": false}""")).JsonAsync();

        PreviewInput asked = Assert.Single(_app.Model.Shown);
        Assert.Equal((MergeSpec.Parse("pitome/paper:0.9"), ImageGeometry.Pad, false), (asked.Merge, asked.Geometry, asked.ApplyExif));
        Assert.Equal(Convert.FromBase64String(Http.Picture), asked.Image);
        Assert.Equal(
            """
            {"model":"scenes","width":8,"height":4,"method":"pitome","profile":"paper","ratio":0.9,"geometry":"pad","grid":2,"tokens_full":4,"tokens":3,
            "owner":[1,1,2,3],"sizes":[0,2,1,1],
            "layers":[{"layer":0,"tokens_before":5,"tokens_after":4,"owner":[1,1,2,3],"energy":[0.5,0.25,-1,null]}],
            "timings":{"queue_ms":1,"image_ms":2,"encode_ms":3,"total_ms":6}}
            """.ReplaceLineEndings(""),
            answer.GetRawText());
    }

    [Fact]
    public async Task Preview_Form_ReadsTheFile()
    {
        byte[] picture = Convert.FromBase64String(Http.Picture);
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent(picture), "image", "picture.png" },
            { new StringContent("""{"method": "tome", "image_tokens": 64}"""), "merge" },
        };
        HttpClient client = await _app.ReadyClientAsync();

        HttpResponseMessage answer = await client.PostAsync("/merge/preview", form);

        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        PreviewInput asked = Assert.Single(_app.Model.Shown);
        Assert.Equal(picture, asked.Image);
        Assert.Equal(64, TokenMergers.VisualTokens(asked.Merge, _app.Model.Model.MergeShape));
    }

    [Theory]
    [MemberData(nameof(WrongFields))]
    public async Task Preview_WrongField_IsRefusedByName(string body, string field, string message)
    {
        JsonElement problem = await (await PostAsync(body)).ProblemAsync(400);

        Assert.Equal(message, problem.Errors()[field]);
        Assert.Empty(_app.Model.Shown);
    }

    [Fact]
    public async Task Preview_SeveralWrongFields_AreAllListed()
    {
        JsonElement problem = await (await PostAsync("""{"image": "*", "merge": "x:1", "apply_exif": 1}""")).ProblemAsync(400);

        Assert.Equal(["apply_exif", "image", "merge"], problem.Errors().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Preview_TwoPictures_AreRefused()
    {
        using MultipartFormDataContent form = new()
        {
            { new ByteArrayContent([1]), "image", "a.png" },
            { new ByteArrayContent([2]), "image", "b.png" },
        };
        HttpClient client = await _app.ReadyClientAsync();

        JsonElement problem = await (await client.PostAsync("/merge/preview", form)).ProblemAsync(400);

        Assert.Equal("expected one picture, found 2.", problem.Errors()["image"]);
    }

    [Fact]
    public async Task Preview_Url_Is422() =>
        await (await PostAsync("""{"image": "https://example.org/a.png"}""")).ProblemAsync(422);

    [Fact]
    public async Task Preview_OtherModel_Is404() =>
        await (await PostAsync("""{"image": "Qk0A", "model": "gpt"}""")).ProblemAsync(404);

    [Fact]
    public async Task Preview_OtherMediaType_Is415()
    {
        HttpClient client = await _app.ReadyClientAsync();

        await (await client.PostAsync("/merge/preview", new StringContent("a", Encoding.UTF8, "text/plain"))).ProblemAsync(415);
    }

    [Fact]
    public async Task Preview_UndecodablePicture_Is400NamingTheField()
    {
        ImageException cause = new(ImageErrorReason.Corrupt, "picture: expected valid PNG data, found none.");
        _app.Model.Preview = (_, _) => throw new ChatInputException("image", cause.Message, cause);

        JsonElement problem = await (await PostAsync("""{"image": "AAAA"}""")).ProblemAsync(400);

        Assert.Equal(cause.Message, problem.Errors()["image"]);
    }

    [Fact]
    public async Task Preview_QueueFull_Is429WithRetryAfter()
    {
        _app.Model.Preview = (_, _) => throw new QueueFullException(64);

        HttpResponseMessage answer = await PostAsync("""{"image": "AAAA"}""");

        await answer.ProblemAsync(429);
        Assert.NotNull(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task Preview_DeadlinePasses_Is408()
    {
        TaskCompletionSource asked = new();
        _app.Model.Preview = async (_, cancel) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            throw new InvalidOperationException("never");
        };
        Task<HttpResponseMessage> sent = PostAsync("""{"image": "AAAA"}""");
        await asked.Task;

        _app.Clock.FireTimers();

        await (await sent).ProblemAsync(408);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task<HttpResponseMessage> PostAsync(string json)
    {
        HttpClient client = await _app.ReadyClientAsync();
        return await client.PostAsync("/merge/preview", new StringContent(json, Encoding.UTF8, "application/json"));
    }
}
