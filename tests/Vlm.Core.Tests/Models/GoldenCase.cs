using System.Globalization;
using System.Text.Json;
using Vlm.Core.Weights;
using Vlm.Merge;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>One end-to-end case of ../shared/golden/cases: the request, and what the reference answers.</summary>
internal sealed record GoldenCase(
    string Checkpoint, IReadOnlyList<string> Images, string Geometry, GoldenMerge? Merge, GoldenAnswer Expect)
{
    /// <summary>Cases that exist, by number.</summary>
    public const int Count = 34;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    public MergeSpec Spec => Merge is null ? MergeSpec.None : new MergeSpec(Merge.Method, Merge.Profile, Merge.Ratio);

    /// <summary>The case of this number; skips the running test when the data is absent.</summary>
    public static GoldenCase Load(int number)
    {
        var pattern = number.ToString("00", CultureInfo.InvariantCulture) + "-*.json";
        var file = Directory.GetFiles(Golden.Folder("cases"), pattern).Single();
        return JsonSerializer.Deserialize<GoldenCase>(File.ReadAllText(file), Json)!;
    }

    public SafetensorsFile OpenTensors() => SafetensorsFile.Open(Golden.Folder("cases", Expect.Tensors));
}

internal sealed record GoldenMerge(string Method, string Profile, double Ratio);

internal sealed record GoldenAnswer(
    IReadOnlyList<int> PromptIds,
    IReadOnlyList<int> VisualTokens,
    int SequenceLength,
    IReadOnlyList<int> Ids,
    bool Float32Safe,
    string Tensors);

/// <summary>Comparison of tensors of any dtype by their largest difference.</summary>
internal static class Compare
{
    public static void Near(Tensor expected, Tensor actual, double tolerance, string what)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        var difference = (expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).Largest();
        Assert.True(difference <= tolerance, $"{what}: expected to differ by {tolerance} at most, found {difference}.");
    }
}
