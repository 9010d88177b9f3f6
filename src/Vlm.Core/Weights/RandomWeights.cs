using System.Runtime.InteropServices;
using System.Text;
using Vlm.Core.Models;
using Vlm.Merge;

namespace Vlm.Core.Weights;

/// <summary>
/// Random weights that depend on seed, tensor name and element only: a counter-based generator (the finaliser of
/// SplitMix64; Steele, Lea and
/// Flood 2014), so chunks are filled in parallel and in any order.
/// </summary>
internal sealed class RandomWeights(LlavaConfig config, ulong seed, TensorDType dtype)
{
    private const int ChunkElements = 1 << 18;
    private const int ChunksPerWrite = 16;
    private const int ElementsPerHash = 4; // 16 bits each
    private const double BiasScale = 0.02;
    private const double EmbeddingScale = 0.5;

    private readonly Dictionary<double, NormalTable> _tables = [];
    private readonly byte[] _buffer = new byte[ChunkElements * ChunksPerWrite * dtype.Bits() / 8];

    /// <summary>Writes all values of a tensor.</summary>
    public void Fill(TensorPlan tensor, Stream output)
    {
        int width = dtype.Bits() / 8;
        long count = TensorShape.Count(tensor.Shape);
        bool isConstant = IsNormWeight(tensor.Name);
        NormalTable? table = isConstant ? null : Table(Scale(tensor));
        ulong key = SplitMix64.Mix(seed ^ Hash(tensor.Name));
        for (long start = 0; start < count; start += ChunkElements * ChunksPerWrite)
        {
            int elements = (int)Math.Min(count - start, ChunkElements * ChunksPerWrite);
            int chunks = (elements + ChunkElements - 1) / ChunkElements;
            Parallel.For(0, chunks, chunk =>
            {
                int first = chunk * ChunkElements;
                var target = _buffer.AsSpan(first * width, Math.Min(ChunkElements, elements - first) * width);
                FillChunk(target, table, key, start + first);
            });
            output.Write(_buffer, 0, elements * width);
        }
    }

    /// <summary>
    /// Standard deviation of a tensor: 1 / sqrt(inputs) keeps the variance through a layer, and the layers that add to
    /// the residual stream are
    /// smaller by sqrt(2 layers), so that half precision stays far from its limits at any depth.
    /// </summary>
    private double Scale(TensorPlan tensor)
    {
        string name = tensor.Name;
        if (name.EndsWith(".bias", StringComparison.Ordinal))
        {
            return BiasScale;
        }

        if (IsEmbedding(name))
        {
            return EmbeddingScale;
        }

        long inputs = TensorShape.Count(tensor.Shape) / tensor.Shape[0];
        bool isTower = name.StartsWith("vision_tower.", StringComparison.Ordinal);
        int layers = isTower ? config.Vision.NumHiddenLayers : config.Text.NumHiddenLayers;
        return IsResidual(name) ? 1 / Math.Sqrt(2.0 * layers * inputs) : 1 / Math.Sqrt(inputs);
    }

    private static bool IsEmbedding(string name) =>
        name.Contains("embed_tokens", StringComparison.Ordinal)
        || name.Contains("class_embedding", StringComparison.Ordinal)
        || name.Contains("position_embedding", StringComparison.Ordinal);

    private static bool IsResidual(string name) =>
        name.Contains(".out_proj.", StringComparison.Ordinal) || name.Contains(".o_proj.", StringComparison.Ordinal)
        || name.Contains(".fc2.", StringComparison.Ordinal) || name.Contains(".down_proj.", StringComparison.Ordinal);

    private static bool IsNormWeight(string name) =>
        name.EndsWith(".weight", StringComparison.Ordinal)
        && name.Contains("norm", StringComparison.Ordinal);

    private void FillChunk(Span<byte> target, NormalTable? table, ulong key, long firstElement)
    {
        switch (dtype.Bits())
        {
            case 16:
                FillChunk(MemoryMarshal.Cast<byte, ushort>(target), table, key, firstElement);
                break;
            case 32:
                FillChunk(MemoryMarshal.Cast<byte, uint>(target), table, key, firstElement);
                break;
            default:
                FillChunk(MemoryMarshal.Cast<byte, ulong>(target), table, key, firstElement);
                break;
        }
    }

    private void FillChunk<T>(Span<T> target, NormalTable? table, ulong key, long firstElement)
        where T : unmanaged
    {
        if (table is null)
        {
            byte[] one = new byte[dtype.Bits() / 8];
            WeightBits.Write(dtype, 1, one);
            target.Fill(MemoryMarshal.Read<T>(one));
            return;
        }

        var values = MemoryMarshal.Cast<byte, T>(table.Bytes.AsSpan());
        ulong counter = (ulong)(firstElement / ElementsPerHash);
        for (int i = 0; i < target.Length; i += ElementsPerHash)
        {
            ulong bits = SplitMix64.Mix(key + (++counter * SplitMix64.Increment));
            int end = Math.Min(i + ElementsPerHash, target.Length);
            for (int j = i; j < end; j++)
            {
                target[j] = values[(ushort)bits];
                bits >>= 16;
            }
        }
    }

    private NormalTable Table(double scale)
    {
        if (!_tables.TryGetValue(scale, out NormalTable? table))
        {
            table = new NormalTable(dtype, scale);
            _tables.Add(scale, table);
        }

        return table;
    }

    // FNV-1a, 64 bits.
    private static ulong Hash(string name)
    {
        ulong hash = 0xcbf29ce484222325;
        foreach (byte b in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ b) * 0x100000001b3;
        }

        return hash;
    }
}
