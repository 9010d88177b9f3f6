using Vlm.Core.Models;

namespace Vlm.Core.Weights;

/// <summary>Size of one part of a model.</summary>
/// <param name="Part">Vision tower, projector or language model.</param>
/// <param name="Parameters">Values in the files.</param>
/// <param name="UsedParameters">Values that LLaVA evaluates; later tower layers are not loaded.</param>
/// <param name="Tensors">Tensors in the files.</param>
public sealed record PartInfo(ModelPart Part, long Parameters, long UsedParameters, int Tensors);

/// <summary>Tensors of one type.</summary>
public sealed record DTypeInfo(TensorDType DType, int Tensors, long Bytes);

/// <summary>Memory that serving needs in one compute type.</summary>
/// <param name="DType">Compute type.</param>
/// <param name="WeightBytes">All weights that are loaded.</param>
/// <param name="KvBytesPerToken">KV cache of one token.</param>
/// <param name="KvBytesPerSequence">KV cache of the longest sequence.</param>
public sealed record MemoryInfo(TensorDType DType, long WeightBytes, long KvBytesPerToken, long KvBytesPerSequence);

/// <summary>What <c>./vlm inspect</c> prints of a checkpoint; no weight is read and libtorch is not loaded.</summary>
public sealed record CheckpointInfo
{
    public required string Folder { get; init; }

    public required CheckpointLayout Layout { get; init; }

    public required LlavaConfig Config { get; init; }

    public required IReadOnlyList<PartInfo> Parts { get; init; }

    /// <summary>Types of the model's tensors, most bytes first.</summary>
    public required IReadOnlyList<DTypeInfo> DTypes { get; init; }

    /// <summary>Weight files with their length in bytes, the vision tower's included.</summary>
    public required IReadOnlyList<(string Path, long Bytes)> Files { get; init; }

    /// <summary>Memory need per compute type, narrowest first.</summary>
    public required IReadOnlyList<MemoryInfo> Memory { get; init; }

    /// <summary>Values of the whole model.</summary>
    public long Parameters => Parts.Sum(part => part.Parameters);

    /// <summary>Bytes of the model's tensors as stored.</summary>
    public long Bytes => DTypes.Sum(dtype => dtype.Bytes);

    /// <summary>Opens and checks a checkpoint, and sums it up.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is broken or unsupported; the message names
    /// what.</exception>
    public static CheckpointInfo Inspect(string folder)
    {
        using Checkpoint checkpoint = Checkpoint.Open(folder);
        IReadOnlyList<ModelParameter> parameters = checkpoint.Store.Parameters;
        return new CheckpointInfo
        {
            Folder = folder,
            Layout = checkpoint.Layout,
            Config = checkpoint.Config,
            Parts = [.. parameters.GroupBy(p => p.Part).Select(Part)],
            DTypes = [.. DTypesOf(checkpoint.Store)],
            Files = [.. checkpoint.Files.Select(file => (file.Path, new FileInfo(file.Path).Length))],
            Memory = [.. MemoryOf(checkpoint.Config, parameters)],
        };
    }

    private static PartInfo Part(IGrouping<ModelPart, ModelParameter> part) =>
        new(part.Key, part.Sum(p => p.Count), part.Where(p => p.IsUsed).Sum(p => p.Count), part.Count());

    private static IEnumerable<DTypeInfo> DTypesOf(WeightStore store) =>
        store.Expected.Select(p => store.Entry(p.Name)).GroupBy(entry => entry.DType)
            .Select(group => new DTypeInfo(group.Key, group.Count(), group.Sum(entry => entry.Length)))
            .OrderByDescending(info => info.Bytes);

    private static IEnumerable<MemoryInfo> MemoryOf(LlavaConfig config, IReadOnlyList<ModelParameter> parameters)
    {
        long used = parameters.Where(p => p.IsUsed).Sum(p => p.Count);
        foreach (TensorDType dtype in new[] { TensorDType.F16, TensorDType.BF16, TensorDType.F32, TensorDType.F64 })
        {
            int width = dtype.Bits() / 8;
            long perToken = config.KvBytesPerToken(width);
            yield return new MemoryInfo(dtype, used * width, perToken, perToken * config.Text.MaxPositionEmbeddings);
        }
    }
}
