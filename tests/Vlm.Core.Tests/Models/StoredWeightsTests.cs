using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Merge;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>16-bit matrices that stay as the file holds them, computed in float32 over a float16 cache.</summary>
public sealed class StoredWeightsTests
{
    // Keys and values rounded to 11 bits; the weights are the same numbers.
    private const double CacheTolerance = 2e-3;

    // Weights rounded to 1 / 254 of the largest of 32, errors averaging out over a sum.
    private const double EightBitTolerance = 2e-2;

    public static TheoryData<TensorDType, ScalarType> Types => new()
    {
        { TensorDType.F16, ScalarType.Float16 },
        { TensorDType.BF16, ScalarType.BFloat16 },
        { TensorDType.F32, ScalarType.Float32 },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Load_Stored_KeepsMatricesAndWidensTheRest(TensorDType file, ScalarType expected)
    {
        using var folder = TinyCheckpoint.Create(dtype: file);
        using var checkpoint = Checkpoint.Open(folder.Folder);
        TextConfig text = checkpoint.Config.Text;
        var weights = checkpoint.Weights.To(ScalarType.Float32, CPU, WeightFormat.Stored).Scope("language_model");
        using var vector = weights.Scope("model.norm").Get("weight", text.HiddenSize);
        using var matrix = weights.Scope("lm_head").GetMatrix("weight", text.VocabSize, text.HiddenSize);
        Assert.Equal((ScalarType.Float32, expected), (vector.dtype, matrix.dtype));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Llama_StoredWeights_StaysNearFloat64(TensorDType file, ScalarType matrices)
    {
        using var scope = NewDisposeScope();
        using var loaded = new Pair(file, WeightFormat.Stored, ScalarType.Float64);
        var (model, exact) = (loaded.Model, loaded.Other);
        Assert.Equal(matrices.ToTensorDType().Bits() / 8.0, (double)model.Language.WeightBytes * 8 / exact.Language.WeightBytes);
        Tensor expected = Logits(exact);
        Compare.Near(expected, Logits(model), CacheTolerance * expected.Largest(), "logits");
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void EncodeImages_StoredWeights_AreTheNumbersOfFloat32(TensorDType file, ScalarType matrices)
    {
        using var scope = NewDisposeScope();
        using var loaded = new Pair(file, WeightFormat.Stored, ScalarType.Float32);
        var (stored, widened) = (loaded.Model, loaded.Other);
        long size = stored.Config.Vision.ImageSize;
        Tensor pixelValues = randn([3, 3, size, size]);
        var merge = MergeSpec.Parse("pitome/paper:0.8");
        using var expected = widened.EncodeImages(pixelValues, merge);
        using var actual = stored.EncodeImages(pixelValues, merge);
        Compare.Near(expected.Projected, actual.Projected, 0, $"projected of {matrices}");
    }

    [Fact]
    public void Llama_EightBitWeights_StaysNearFloat64InHalfTheBytes()
    {
        using var scope = NewDisposeScope();
        using var loaded = new Pair(TensorDType.F16, WeightFormat.EightBit, ScalarType.Float64);
        var (model, exact) = (loaded.Model, loaded.Other);
        Assert.Equal(8.5 / 64, (double)model.Language.WeightBytes / exact.Language.WeightBytes, 6);
        Tensor expected = Logits(exact);
        Compare.Near(expected, Logits(model), EightBitTolerance * expected.Largest(), "logits");
    }

    private static Tensor Logits(Llava model)
    {
        using var cache = new KvCache(model.Config.Text, numBlocks: 3, blockSize: 4, model.CacheDType, model.Device);
        var embeddings = model.Language.EmbedTokens(tensor(new long[] { 1, 5, 90, 33, 7, 2, 64, 8, 15 }));
        var hidden = model.Language.Forward(embeddings, new PagedSequences(cache, 1).Append((0, 9)), cache);
        return model.Language.Logits(hidden);
    }

    /// <summary>One checkpoint in float32 with weights in a format, and computed in another type.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly TinyCheckpoint _folder;
        private readonly Checkpoint _checkpoint;

        public Pair(TensorDType file, WeightFormat format, ScalarType other)
        {
            _folder = TinyCheckpoint.Create(dtype: file);
            _checkpoint = Checkpoint.Open(_folder.Folder);
            Model = Llava.Load(_checkpoint, ScalarType.Float32, CPU, format);
            Other = Llava.Load(_checkpoint, other, CPU);
        }

        public Llava Model { get; }

        public Llava Other { get; }

        public void Dispose()
        {
            Model.Dispose();
            Other.Dispose();
            _checkpoint.Dispose();
            _folder.Dispose();
        }
    }
}
