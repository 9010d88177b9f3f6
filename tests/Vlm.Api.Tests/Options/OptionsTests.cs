using System.ComponentModel.DataAnnotations;
using Vlm.Api.Options;

namespace Vlm.Api.Tests.Options;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("Model:Path", "")]
    [InlineData("Model:Device", "tpu")]
    [InlineData("Model:Device", "cuda:")]
    [InlineData("Model:Dtype", "int8")]
    [InlineData("Engine:MaxBatchSize", "0")]
    [InlineData("Engine:MaxStepTokens", "1")]
    [InlineData("Images:MaxBytes", "0")]
    [InlineData("Images:MaxPerRequest", "65")]
    [InlineData("Merge:Default", "pitome")]
    [InlineData("Merge:Default", "magic:0.9")]
    [InlineData("Merge:AllowedMethods", "none,magic")]
    [InlineData("Merge:AllowedMethods", "pitome")]
    [InlineData("Images:FetchSeconds", "0")]
    [InlineData("Auth:Keys:0:Hash", "secret")]
    [InlineData("Auth:Keys:0:RequestsPerMinute", "0")]
    [InlineData("Auth:CorsOrigins", "example.com")]
    [InlineData("Limits:MaxBodyBytes", "1")]
    [InlineData("Limits:RequestTimeoutSeconds", "0")]
    [InlineData("Limits:DrainSeconds", "-1")]
    public async Task Option_OutOfRange_StopsTheStartWithOneLine(string key, string value)
    {
        string[] path = key == "Model:Path" ? [] : ["--Model:Path=x"];

        (int exit, string error) = await Server.RunAsync([.. path, $"--{key}={value}", "--urls=http://127.0.0.1:0"]);

        Assert.Equal(2, exit);
        Assert.Contains(key.Split(':')[1], error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public async Task Option_Mistyped_StopsTheStartAndIsNamed()
    {
        (int exit, string error) = await Server.RunAsync(["--Model:Path=x", "--Engine:MaxSequence=4", "--urls=http://127.0.0.1:0"]);

        Assert.Equal(2, exit);
        Assert.StartsWith("vlm: Engine:MaxSequence: expected one of MaxBatchSize, ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("http://127.0.0.1:99999")]
    public async Task Urls_NoAddress_StopTheStartWithOneLine(string url)
    {
        (int exit, string error) = await Server.RunAsync(["--Model:Path=x", $"--urls={url}"]);

        Assert.Equal((2, $"vlm: urls: expected an address as http://127.0.0.1:8080, found '{url}'."), (exit, error));
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cuda:0")]
    public void ModelOptions_KnownDevice_IsValid(string device)
    {
        ModelOptions options = new() { Path = "x", Device = device };

        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
    }
}
