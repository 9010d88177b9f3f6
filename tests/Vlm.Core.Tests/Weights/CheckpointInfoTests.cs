using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

public sealed class CheckpointInfoTests
{
    [SkippableFact]
    public void Inspect_GoldenOriginal_SumsUpBothFolders()
    {
        CheckpointInfo info = CheckpointInfo.Inspect(Golden.Folder("checkpoints", "tiny-original"));

        Assert.Equal([ModelPart.Vision, ModelPart.Projector, ModelPart.Language], info.Parts.Select(part => part.Part));
        Assert.Equal([199, 4, 30], info.Parts.Select(part => part.Tensors));
        Assert.Equal([TensorDType.F16, TensorDType.F32], info.DTypes.Select(dtype => dtype.DType));
        Assert.Equal(3, info.Files.Count);
        Assert.Equal(info.Parameters, ModelParameters.Count(info.Config));
        Assert.Equal(
            info.Config.KvBytesPerToken(4), info.Memory.Single(m => m.DType == TensorDType.F32).KvBytesPerToken);
    }

    [Fact]
    public void Inspect_Memory_CountsOnlyWhatIsLoaded()
    {
        using var made = TinyCheckpoint.Create();

        CheckpointInfo info = CheckpointInfo.Inspect(made.Folder);

        long unused = info.Parts.Sum(part => part.Parameters - part.UsedParameters);
        // The last tower layer (4 x 1,056 attention, 2,112 + 2,080 MLP, 2 x 64 norms) and post_layernorm (64).
        Assert.Equal((4 * 1056) + 2112 + 2080 + 128 + 64, unused);
        Assert.Equal((info.Parameters - unused) * 2, info.Memory[0].WeightBytes);
        Assert.Equal(info.Memory[0].KvBytesPerToken * 512, info.Memory[0].KvBytesPerSequence);
    }
}
