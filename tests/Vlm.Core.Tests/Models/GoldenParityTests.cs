using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>Every end-to-end case: vision in float64, language against the float32 of the reference.</summary>
public sealed class GoldenParityTests(GoldenModels models) : IClassFixture<GoldenModels>
{
    // Both sides compute in float64; the reference stores float32.
    private const double FeatureTolerance = 1e-5;

    // DCT rounds to half precision.
    private const double DctTolerance = 5e-3;

    // Projector and language model of the reference run in float32.
    private const double LanguageTolerance = 5e-3;

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, GoldenCase.Count)];

    // Without merging, or with every merging decision well apart.
    public static TheoryData<int> SafeInFloat32 => [0, 1, 2, 18, 23, 25, 27, 28, 30, 31];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Llava_GoldenCaseInFloat64_MatchesReference(int number)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Load(number);
        var model = models.Get(golden.Checkpoint, ScalarType.Float64);
        using var expected = golden.OpenTensors();
        var pictures = new List<Tensor>();
        for (var i = 0; i < golden.Images.Count; i++)
        {
            pictures.Add(CheckPicture(golden, model, expected, i));
        }

        CheckLanguage(golden, model, expected, pictures);
    }

    [SkippableTheory]
    [MemberData(nameof(SafeInFloat32))]
    public void Llava_GoldenCaseSafeInFloat32_GivesSameIds(int number)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Load(number);
        Assert.True(golden.Expect.Float32Safe);
        AssertSameIds(golden, models.Get(golden.Checkpoint, ScalarType.Float32));
    }

    // The golden README asks for equal ids from a logit gap of 0.05 on without merging; these agree, too, where it is smaller.
    [SkippableTheory]
    [MemberData(nameof(SafeInFloat32))]
    public void Llava_GoldenCaseWithStoredWeights_GivesSameIds(int number)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Load(number);
        AssertSameIds(golden, models.Get(golden.Checkpoint, ScalarType.Float32, WeightFormat.Stored));
    }

    // Rounded weights may answer otherwise; where the reference is sure, they do not. Without merging that is case 2.
    [SkippableFact]
    public void Llava_GoldenCaseWithEightBitWeights_GivesSameIdsWhereSure()
    {
        using var scope = NewDisposeScope();
        var golden = GoldenCase.Load(2);
        AssertSameIds(golden, models.Get(golden.Checkpoint, ScalarType.Float32, WeightFormat.EightBit));
    }

    private static void AssertSameIds(GoldenCase golden, Llava model)
    {
        var pictures = golden.Images.Select((_, i) => Encode(golden, model, i).Projected.select(0, 0)).ToList();
        var embeddings = GreedyLoop.Embed(model, golden.Expect.PromptIds, pictures);
        var (_, ids) = GreedyLoop.Decode(model, embeddings, golden.Expect.Ids.Count);
        Assert.Equal(golden.Expect.Ids, ids);
    }

    // Features, projected vectors, owners and sizes of a picture; returns its vectors [N, C].
    private static Tensor CheckPicture(GoldenCase golden, Llava model, SafetensorsFile expected, int index)
    {
        var output = Encode(golden, model, index);
        var tolerance = golden.Merge?.Method == "dct" ? DctTolerance : FeatureTolerance;
        Compare.Near(expected.Get($"features.{index}"), output.Features.select(0, 0), tolerance, "features");
        Compare.Near(expected.Get($"projected.{index}"), output.Projected.select(0, 0), LanguageTolerance, "projected");
        if (expected.Entries.ContainsKey($"owner.{index}"))
        {
            Compare.Near(expected.Get($"owner.{index}"), output.Owner!.select(0, 0), 0, "owner");
        }

        if (expected.Entries.ContainsKey($"sizes.{index}"))
        {
            Compare.Near(expected.Get($"sizes.{index}"), output.Sizes!.select(0, 0), FeatureTolerance, "sizes");
        }

        return output.Projected.select(0, 0);
    }

    private static void CheckLanguage(GoldenCase golden, Llava model, SafetensorsFile expected, List<Tensor> pictures)
    {
        var embeddings = GreedyLoop.Embed(model, golden.Expect.PromptIds, pictures);
        Assert.Equal(golden.Expect.SequenceLength, embeddings.shape[0]);
        var (logits, ids) = GreedyLoop.Decode(model, embeddings, golden.Expect.Ids.Count);
        var wanted = expected.Get("logits.ids").to(ScalarType.Int64);
        Compare.Near(expected.Get("logits.values"), logits.index_select(0, wanted), LanguageTolerance, "logits");
        Assert.Equal(golden.Expect.Ids, ids);
    }

    private static VisionOutput Encode(GoldenCase golden, Llava model, int index) =>
        model.EncodeImages(Pixels(golden, model, index), golden.Spec, trace: true);

    // The reference's own 8-bit result of the image geometry, so that no decoder's rounding enters.
    private static Tensor Pixels(GoldenCase golden, Llava model, int index)
    {
        var size = model.Config.Vision.ImageSize;
        var file = Golden.Folder("pixels", $"{golden.Images[index]}.{golden.Geometry}{size}.png");
        var image = ImageDecoder.Decode(File.ReadAllBytes(file), new ImageLimits(), applyExif: false);
        var config = PreprocessorConfig.Load(Golden.Folder("checkpoints", golden.Checkpoint));
        var processor = new ClipImageProcessor(config);
        return tensor(processor.Process(image, ImageGeometry.Crop).Data, [1, 3, size, size]);
    }
}
