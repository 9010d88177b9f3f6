using System.Globalization;
using System.Text.Json;

namespace Vlm.Core.Weights;

/// <summary>How far a writer is.</summary>
/// <param name="DoneBytes">Bytes of tensors written.</param>
/// <param name="TotalBytes">Bytes of all tensors.</param>
public readonly record struct ByteProgress(long DoneBytes, long TotalBytes);

/// <summary>Writes the tensors of a checkpoint: one <c>model.safetensors</c>, or shards with an index (llava.md
/// 10.1).</summary>
public static class CheckpointWriter
{
    /// <summary>Largest shard in bytes; a single larger tensor gets a shard of its own.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    private const string SingleFile = "model.safetensors";

    /// <summary>Streams all tensors into a folder that exists.</summary>
    /// <param name="folder">Where the files go.</param>
    /// <param name="tensors">Tensors in the order that decides their shard.</param>
    /// <param name="fill">Writes the bytes of one tensor.</param>
    /// <param name="progress">Told after every tensor.</param>
    /// <param name="maxShardBytes">Largest shard in bytes.</param>
    /// <param name="cancel">Read before every tensor.</param>
    /// <exception cref="IOException">The disk has too little space, checked first, or fails.</exception>
    public static void Write(
        string folder,
        IReadOnlyList<TensorPlan> tensors,
        TensorFill fill,
        IProgress<ByteProgress>? progress = null,
        long maxShardBytes = DefaultShardBytes,
        CancellationToken cancel = default)
    {
        long total = tensors.Sum(tensor => tensor.Length);
        CheckSpace(folder, total);
        List<List<TensorPlan>> shards = Split(tensors, maxShardBytes);
        long done = 0;
        for (int i = 0; i < shards.Count; i++)
        {
            SafetensorsWriter.Write(Path.Combine(folder, ShardName(i, shards.Count)), shards[i], (tensor, output) =>
            {
                cancel.ThrowIfCancellationRequested();
                fill(tensor, output);
                done += tensor.Length;
                progress?.Report(new ByteProgress(done, total));
            });
        }

        if (shards.Count > 1)
        {
            WriteIndex(folder, shards, total);
        }
    }

    private static List<List<TensorPlan>> Split(IReadOnlyList<TensorPlan> tensors, long maxShardBytes)
    {
        List<List<TensorPlan>> shards = [[]];
        long length = 0;
        foreach (TensorPlan tensor in tensors)
        {
            if (length > 0 && length + tensor.Length > maxShardBytes)
            {
                shards.Add([]);
                length = 0;
            }

            shards[^1].Add(tensor);
            length += tensor.Length;
        }

        return shards;
    }

    private static string ShardName(int index, int count) => count == 1
        ? SingleFile
        : string.Create(CultureInfo.InvariantCulture, $"model-{index + 1:D5}-of-{count:D5}.safetensors");

    private static void WriteIndex(string folder, List<List<TensorPlan>> shards, long total)
    {
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < shards.Count; i++)
        {
            foreach (TensorPlan tensor in shards[i])
            {
                map.Add(tensor.Name, ShardName(i, shards.Count));
            }
        }

        var index = new { Metadata = new { TotalSize = total }, WeightMap = map };
        string json = JsonSerializer.Serialize(index, JsonFiles.Options);
        File.WriteAllText(Path.Combine(folder, SingleFile + ".index.json"), json + "\n");
    }

    private static void CheckSpace(string folder, long bytes)
    {
        long free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (free < bytes)
        {
            throw new IOException($"disk space: expected {bytes} bytes free for {folder}, found {free}.");
        }
    }
}
