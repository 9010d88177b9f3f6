using System.Text.Json;

namespace Vlm.Api.Tests.Telemetry;

/// <summary>Lines of the log as they are written; alone, since standard output is one for all.</summary>
[Collection("alone")]
public sealed class LogFormatTests
{
    [Theory]
    [InlineData("json", true)]
    [InlineData("text", false)]
    public async Task Log_InAFormat_IsWrittenSo(string format, bool isJson)
    {
        string text = await CaptureAsync(format);

        string line = text.Split('\n').Single(l => l.Contains("/chat", StringComparison.Ordinal) && l.Contains(" + 2 tokens", StringComparison.Ordinal));
        Assert.Equal(isJson, line.StartsWith('{'));
        if (isJson)
        {
            JsonElement properties = JsonElement.Parse(line).GetProperty("Properties");
            Assert.Equal(72, properties.GetProperty("PromptTokens").GetInt32());
            Assert.Equal("chat-00000000000000000000000000000001", properties.GetProperty("Id").GetString());
        }

        Assert.DoesNotContain("SECRET", text, StringComparison.Ordinal);
    }

    private static async Task<string> CaptureAsync(string format)
    {
        TextWriter before = Console.Out;
        using StringWriter written = new();
        Console.SetOut(written);
        try
        {
            await using ApiApplication app = new(new() { ["Telemetry:LogFormat"] = format, ["Serilog:MinimumLevel"] = "Information" });
            await (await app.ReadyClientAsync()).ChatAsync("""{"prompt": "SECRET"}""");
            await app.Logs.NextAsync(1101);
        }
        finally
        {
            Console.SetOut(before);
        }

        return written.ToString();
    }
}

/// <summary>Tests of what the process has only once run by themselves.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneTests;
