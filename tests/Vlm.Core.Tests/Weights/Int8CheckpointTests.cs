using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Core.Tests.Models;
using Vlm.Core.Weights;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Weights;

/// <summary>Checkpoints whose matrices were rounded to int8 once, by <c>./vlm convert --weights int8</c>.</summary>
public sealed class Int8CheckpointTests
{
    [Theory]
    [InlineData(TensorDType.F16)]
    [InlineData(TensorDType.BF16)]
    [InlineData(TensorDType.F32)]
    [InlineData(TensorDType.F64)]
    public void Convert_ToInt8_GivesTheLogitsOfRoundingAtLoad(TensorDType dtype)
    {
        using var scope = NewDisposeScope();
        using var made = TinyCheckpoint.Create(dtype: dtype);
        using var folder = new TempFolder();
        CheckpointConverter.Convert(made.Folder, folder["int8"], toInt8: true);

        Tensor expected = Logits(made.Folder, WeightFormat.EightBit);

        Assert.True(Logits(folder["int8"], WeightFormat.Stored).IsSame(expected), "auto");
        Assert.True(Logits(folder["int8"], WeightFormat.EightBit).IsSame(expected), "int8");
    }

    [Fact]
    public void Convert_Int8Checkpoint_KeepsItsBytes()
    {
        using var made = TinyCheckpoint.Create(dtype: TensorDType.F16);
        using var folder = new TempFolder();
        CheckpointConverter.Convert(made.Folder, folder["int8"], toInt8: true);

        CheckpointConverter.Convert(folder["int8"], folder["again"]);
        CheckpointConverter.Convert(folder["int8"], folder["and again"], toInt8: true);

        byte[] expected = File.ReadAllBytes(Path.Combine(folder["int8"], "model.safetensors"));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder["again"], "model.safetensors")));
        Assert.Equal(expected, File.ReadAllBytes(Path.Combine(folder["and again"], "model.safetensors")));
        Assert.Contains("\"quant_method\": \"vlm-int8\"", File.ReadAllText(Path.Combine(folder["again"], "config.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Int8CheckpointInFloat64_ComputesWithTheRoundedWeights()
    {
        using var scope = NewDisposeScope();
        using var made = TinyCheckpoint.Create(dtype: TensorDType.F16);
        using var folder = new TempFolder();
        CheckpointConverter.Convert(made.Folder, folder["int8"], toInt8: true);
        using var checkpoint = Checkpoint.Open(folder["int8"]);
        using var exact = Llava.Load(checkpoint, ScalarType.Float64, CPU);

        Tensor expected = Logits(exact);

        // The same weights; rows rounded to 16 bits, keys and values to 11.
        Compare.Near(expected, Logits(folder["int8"], WeightFormat.Stored), 2e-3 * expected.Largest(), "logits");
    }

    [Fact]
    public void Open_Int8Checkpoint_IsNamedInt8AndCounted()
    {
        using var made = TinyCheckpoint.Create(dtype: TensorDType.F16);
        using var folder = new TempFolder();
        CheckpointConverter.Convert(made.Folder, folder["int8"], toInt8: true);

        using var source = ModelSource.Open(folder["int8"]);
        CheckpointInfo info = CheckpointInfo.Inspect(folder["int8"]);

        Assert.Equal("int8", source.Description.DType);
        Assert.Equal(info.Files.Sum(file => file.Bytes), info.Bytes, info.Bytes / 10.0); // but for the headers
        Assert.Equal((7 * made.Config.Text.NumHiddenLayers) + 1, info.DTypes.Single(row => row.DType == TensorDType.I8).Tensors);
    }

    private static Tensor Logits(string folder, WeightFormat format)
    {
        using var checkpoint = Checkpoint.Open(folder);
        using var model = Llava.Load(checkpoint, ScalarType.Float32, CPU, format);
        Assert.Equal(ScalarType.Int8, model.Language.WeightDType);
        return Logits(model);
    }

    private static Tensor Logits(Llava model)
    {
        using var cache = new KvCache(model.Config.Text, numBlocks: 3, blockSize: 4, model.CacheDType, model.Device);
        var embeddings = model.Language.EmbedTokens(tensor(new long[] { 1, 5, 90, 33, 7, 2, 64, 8, 15 }));
        var hidden = model.Language.Forward(embeddings, new PagedSequences(cache, 1).Append((0, 9)), cache);
        return model.Language.Logits(hidden);
    }
}
