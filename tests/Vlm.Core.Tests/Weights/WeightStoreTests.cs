using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

/// <summary>A tiny checkpoint whose tensors are changed before it is written: zeros, since only names, shapes and types
/// matter.</summary>
public sealed class WeightStoreTests
{
    private const string Head = "language_model.lm_head.weight";

    [Fact]
    public void Open_SameWeightUnderTwoNamings_IsRefused()
    {
        using var made = Changed(
            plans => [.. plans, plans.Single(p => p.Name == Head) with { Name = "lm_head.weight" }]);

        Assert.Equal(
            $"lm_head.weight: expected {Head} once, found it in model.safetensors and in model.safetensors.",
            Error(made));
    }

    [Theory]
    [InlineData("language_model.model.embed_tokens.weight", TensorDType.I8, "F16, BF16, F32 or F64", "I8")]
    [InlineData("vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight", TensorDType.I8, "F16, BF16, F32 or F64", "I8")]
    [InlineData(Head, TensorDType.U8, "F16, BF16, F32, F64 or I8", "U8")]
    public void Open_WeightOfAnotherType_IsRefused(string name, TensorDType dtype, string expected, string found)
    {
        using var made = Changed(plans => [.. plans.Select(p => p.Name == name ? p with { DType = dtype } : p)]);

        Assert.Equal($"{name}: expected {expected}, found {found} in model.safetensors.", Error(made));
    }

    [Fact]
    public void Open_Int8WeightWithoutScales_IsRefused()
    {
        using var made = Changed(plans => [.. plans.Select(p => p.Name == Head ? p with { DType = TensorDType.I8 } : p)]);

        Assert.StartsWith($"{Head}_scale: tensor missing: expected [", Error(made), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ScalesOfAnotherShape_IsRefused()
    {
        using var made = Changed(plans => [
            .. plans.Select(p => p.Name == Head ? p with { DType = TensorDType.I8 } : p),
            new TensorPlan($"{Head}_scale", TensorDType.BF16, [64, 2])]);
        long rows = made.Config.Text.VocabSize;

        Assert.Equal($"{Head}_scale: expected [{rows}, 2], found [64, 2] in model.safetensors.", Error(made));
    }

    [Fact]
    public void Open_ScalesOfAWeightThatIsNotInt8_IsRefused()
    {
        using var made = Changed(plans =>
            [.. plans, new TensorPlan($"{Head}_scale", TensorDType.BF16, [plans.Single(p => p.Name == Head).Shape[0], 2])]);

        Assert.Equal($"{Head}_scale: expected an I8 {Head} with it, found F32.", Error(made));
    }

    [Fact]
    public void Open_WrongShape_SaysTensorExpectedFoundAndFile()
    {
        const string name = "language_model.model.layers.1.self_attn.k_proj.weight";
        using var made = Changed(plans => [.. plans.Select(p => p.Name == name ? p with { Shape = [64, 64] } : p)]);

        Assert.Equal($"{name}: expected [32, 64], found [64, 64] in model.safetensors.", Error(made));
    }

    [Fact]
    public void Open_UnknownTensor_SaysItsShapeAndFile()
    {
        using var made = Changed(plans => [.. plans, new TensorPlan("vision_tower.extra", TensorDType.F32, [3])]);

        Assert.Equal(
            "vision_tower.extra: unknown tensor: expected only parameters of config.json, found [3] in model.safetensors.",
            Error(made));
    }

    [Fact]
    public void Open_SeveralMissing_NamesTheFirstAndCountsTheOthers()
    {
        using var made = Changed(
            plans => [.. plans.Where(p => !p.Name.StartsWith("multi_modal_projector", StringComparison.Ordinal))]);

        Assert.Equal(
            "multi_modal_projector.linear_1.weight: tensor missing: expected [64, 32], " +
            $"found no such tensor (and 3 others) in {made.Folder}.",
            Error(made));
    }

    [Fact]
    public void Open_Buffers_AreIgnored()
    {
        using var made = Changed(plans =>
        [
            .. plans,
            new TensorPlan("language_model.model.layers.0.self_attn.rotary_emb.inv_freq", TensorDType.F32, [8]),
            new TensorPlan("vision_tower.vision_model.embeddings.position_ids", TensorDType.I64, [1, 17]),
        ]);

        Checkpoint.Open(made.Folder).Dispose();
    }

    private static string Error(TinyCheckpoint made) =>
        Assert.Throws<InvalidDataException>(() => Checkpoint.Open(made.Folder)).Message;

    private static TinyCheckpoint Changed(Func<TensorPlan[], TensorPlan[]> change)
    {
        var made = TinyCheckpoint.Create();
        TensorPlan[] plans =
            [.. ModelParameters.List(made.Config).Select(p => new TensorPlan(p.Name, TensorDType.F32, p.Shape))];
        SafetensorsWriter.Write(
            Path.Combine(made.Folder, "model.safetensors"),
            change(plans),
            (plan, output) => output.Write(new byte[plan.Length]));
        return made;
    }
}
