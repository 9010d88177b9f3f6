using Vlm.Core.Engine;
using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Eval.Training;
using Vlm.Testing;
using static TorchSharp.torch;

namespace Vlm.Eval.Tests.Training;

/// <summary>Training and serving compute the same function.</summary>
public sealed class TeacherForcedLlamaTests : IDisposable
{
    private const int Prefix = 7;

    private readonly LlavaConfig _config = SceneModel.Config();
    private readonly ParameterSet _parameters;

    public TeacherForcedLlamaTests() => _parameters = ParameterSet.Create(_config, [ModelPart.Language], seed: 3);

    [Fact]
    public void Forward_TwoGroupsOfQuestions_EqualsServingEachAlone()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        TeacherForcedLlama training = new(_parameters, _config.Text);
        using Generator generator = new(4);
        Tensor prefix = randn([2, Prefix, _config.Text.HiddenSize], generator: generator);
        Tensor[] groups =
        [
            randn([2, 3, 5, _config.Text.HiddenSize], generator: generator),
            randn([2, 1, 9, _config.Text.HiddenSize], generator: generator),
        ];
        IReadOnlyList<Tensor> together = training.Forward(prefix, groups);
        foreach ((Tensor hidden, Tensor group) in together.Zip(groups))
        {
            Tensor rows = hidden.reshape(group.shape);
            for (int b = 0; b < 2; b++)
            {
                for (int q = 0; q < group.shape[1]; q++)
                {
                    Tensor alone = Serve(cat([prefix[b], group.At(b, q)])).narrow(0, Prefix, group.shape[2]);
                    double difference = (alone - rows.At(b, q)).Largest();
                    Assert.True(difference < 2e-4, $"largest difference {difference}"); // float32, hidden states of order 1 to 4
                }
            }
        }
    }

    public void Dispose() => _parameters.Dispose();

    // Not disposed: its weights are the parameters.
    private Tensor Serve(Tensor embeddings)
    {
        Llama llama = new(new WeightScope(_parameters).Scope("language_model"), _config.Text);
        long count = embeddings.shape[0];
        using KvCache cache = new(_config.Text, 1, (int)count, ScalarType.Float32, CPU);
        long[] places = [.. Enumerable.Range(0, (int)count).Select(i => (long)i)];
        return llama.Forward(embeddings, new StepBatch(places, places, [0, count], [count], new long[,] { { 0 } }), cache);
    }
}
