using Vlm.Core.Weights;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Weights;

public sealed class WeightScopeTests
{
    private const string Norm = "language_model.model.norm";

    [Fact]
    public void Get_InAScope_IsDetachedAndOutlivesScopeAndCheckpoint()
    {
        using var made = TinyCheckpoint.Create();
        Tensor weight;
        using (NewDisposeScope())
        using (var checkpoint = Checkpoint.Open(made.Folder))
        {
            weight = checkpoint.Weights.Scope(Norm).Get("weight", 64);
        }

        using (weight)
        {
            Assert.Equal([64L], weight.shape);
            Assert.Equal(ScalarType.Float32, weight.dtype);
            Assert.Equal(Enumerable.Repeat(1f, 64), weight.data<float>().ToArray());
        }
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.Float64)]
    public void To_AnotherDType_ConvertsTheValues(ScalarType dtype)
    {
        using var made = TinyCheckpoint.Create();
        using var checkpoint = Checkpoint.Open(made.Folder);
        var scope = checkpoint.Weights.Scope("language_model.model.layers").At(1).Scope("mlp.up_proj");

        using Tensor original = scope.Get("weight", 96, 64);
        using Tensor converted = scope.To(dtype, CPU).Get("weight", 96, 64);

        Assert.Equal(dtype, converted.dtype);
        using Tensor expected = original.to(dtype);
        using Tensor same = expected.eq(converted).all();
        Assert.True(same.item<bool>());
    }

    [Fact]
    public void Get_WrongShape_SaysExpectedAndFound()
    {
        using var made = TinyCheckpoint.Create();
        using var checkpoint = Checkpoint.Open(made.Folder);

        var error = Assert.Throws<InvalidDataException>(() => checkpoint.Weights.Get($"{Norm}.weight", 32));

        Assert.Equal($"{Norm}.weight: expected [32], found [64] in model.safetensors.", error.Message);
    }

    [Fact]
    public void Get_UnknownName_IsTheCallersMistake()
    {
        using var made = TinyCheckpoint.Create();
        using var checkpoint = Checkpoint.Open(made.Folder);

        Assert.Throws<ArgumentException>(() => checkpoint.Weights.Get("nothing", 1));
    }

    [Fact]
    public void CheckComplete_AllUsedWeightsAsked_Passes()
    {
        using var made = TinyCheckpoint.Create();
        using var checkpoint = Checkpoint.Open(made.Folder);
        foreach (ModelParameter parameter in ModelParameters.List(checkpoint.Config).Where(p => p.IsUsed))
        {
            Assert.Contains(parameter.Name, checkpoint.Weights.NeverAsked);
            checkpoint.Weights.Get(parameter.Name, parameter.Shape).Dispose();
        }

        checkpoint.CheckComplete();
        Assert.Empty(checkpoint.Weights.NeverAsked);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" ", false)] // One byte more in the header shifts the data.
    public void Get_AnyAlignment_ReadsTheValuesAndSharesTheMappingWhereItCan(string padding, bool isView)
    {
        const string header = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  """;
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["x.safetensors"], SafetensorsBytes.File(header + padding, 8));
        using var file = SafetensorsFile.Open(folder["x.safetensors"]);

        using TensorData one = file.Read("a");
        using TensorData two = file.Read("a");
        using Tensor tensor = file.Get("a");

        Assert.Equal(isView, one.Address == two.Address);
        Assert.Equal(0, one.Address % 4);
        float[] expected = [BitConverter.Int32BitsToSingle(0x03020100), BitConverter.Int32BitsToSingle(0x07060504)];
        Assert.Equal(expected, tensor.data<float>().ToArray());
    }

    [SkippableFact]
    public void Get_EmptyTensor_HasItsShape()
    {
        using var file = SafetensorsFile.Open(Golden.Folder("bad", "safetensors", "good_empty_tensor.safetensors"));

        using Tensor tensor = file.Get("e");

        Assert.Equal([0L, 5L], tensor.shape);
    }
}
