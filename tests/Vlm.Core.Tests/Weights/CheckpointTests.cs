using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

public sealed class CheckpointTests
{
    [SkippableTheory]
    [InlineData("no_config", "config.json missing: ")]
    [InlineData("wrong_type", "model_type: not supported: expected llava or llava_llama, found llava_next in ")]
    [InlineData("missing_tensor", "multi_modal_projector.linear_2.bias: tensor missing: expected [8], found no such tensor in ")]
    [InlineData("unknown_tensor", "unknown tensor: expected only parameters of config.json, found ")]
    [InlineData("wrong_shape", ": expected [")]
    [InlineData("path_traversal", "expected a file name without a path that ends in .safetensors, found \"../../../etc/passwd\" in ")]
    [InlineData("missing_shard", "model-00002-of-00002.safetensors: file missing: ")]
    public void Open_GoldenBadCheckpoint_NamesWhatIsWrong(string name, string expected)
    {
        string folder = Golden.Folder("bad", "checkpoints", name);

        var error = Assert.Throws<InvalidDataException>(() => Checkpoint.Open(folder));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Open_GoldenOk_HasEveryWeight()
    {
        using var checkpoint = Checkpoint.Open(Golden.Folder("bad", "checkpoints", "ok"));

        Assert.True(
            checkpoint.Weights.Scope("language_model.model.layers").At(0).Scope("self_attn").Has("q_proj.weight"));
    }

    [SkippableTheory]
    [InlineData("tiny-336", CheckpointLayout.HuggingFace, 425)]
    [InlineData("tiny-112-gqa", CheckpointLayout.HuggingFace, 178)]
    [InlineData("tiny-56-full", CheckpointLayout.HuggingFace, 96)]
    [InlineData("tiny-original", CheckpointLayout.Original, 233)]
    public void Open_GoldenCheckpoint_ReadsItsLayoutAndNaming(string name, CheckpointLayout layout, int tensors)
    {
        using var checkpoint = Checkpoint.Open(Golden.Folder("checkpoints", name));

        Assert.Equal(layout, checkpoint.Layout);
        Assert.Equal(tensors, checkpoint.Store.Parameters.Count(p => checkpoint.Weights.Has(p.Name)));
    }

    [Fact]
    public void Open_MissingFolder_SaysSo()
    {
        var error = Assert.Throws<InvalidDataException>(() => Checkpoint.Open("/nowhere/at/all"));

        Assert.Equal("/nowhere/at/all: expected a checkpoint folder, found no such folder.", error.Message);
    }

    [SkippableFact]
    public void CheckComplete_NothingLoaded_NamesTheFirstWeight()
    {
        using var checkpoint = Checkpoint.Open(Golden.Folder("bad", "checkpoints", "ok"));

        var error = Assert.Throws<InvalidOperationException>(checkpoint.CheckComplete);

        Assert.StartsWith(
            "vision_tower.vision_model.embeddings.class_embedding: expected every weight to be loaded", error.Message,
            StringComparison.Ordinal);
    }
}
