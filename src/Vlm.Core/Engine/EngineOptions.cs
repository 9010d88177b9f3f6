using System.ComponentModel.DataAnnotations;

namespace Vlm.Core.Engine;

/// <summary>Limits of the engine; section <c>Engine</c> of the configuration.</summary>
public sealed class EngineOptions : IValidatableObject
{
    /// <summary>Requests that run at once; 1 to 1024, default 16.</summary>
    [Range(1, 1024)]
    public int MaxBatchSize { get; set; } = 16;

    /// <summary>Rows of one step, prompt chunks and decoded tokens together; 16 to 65536 and at least <see
    /// cref="MaxBatchSize"/>, default 1024. While answers run, a step takes less where <see cref="MaxStallMilliseconds"/> says so.</summary>
    [Range(16, 65536)]
    public int MaxStepTokens { get; set; } = 1024;

    /// <summary>Pictures of one encoder batch, and so of one step; 1 to 256, default 8. While answers run, a step takes fewer where <see
    /// cref="MaxStallMilliseconds"/> says so.</summary>
    [Range(1, 256)]
    public int MaxEncodeBatch { get; set; } = 8;

    /// <summary>How long others' pictures and prompts may hold up running answers in one step, in milliseconds; 1 to 3600000, default 250. By
    /// measured costs as many go in as fit, but at least one picture and 16 tokens.</summary>
    [Range(1, 3_600_000)]
    public int MaxStallMilliseconds { get; set; } = 250;

    /// <summary>Requests that may wait beside those that run; 0 to 100000. One more is refused. Default null: half of <see
    /// cref="MaxBatchSize"/>, at least 1, so that under any load requests take about 1.5 times as long as with <see
    /// cref="MaxBatchSize"/> at once.</summary>
    [Range(0, 100_000)]
    public int? MaxQueue { get; set; }

    /// <summary>Tokens of prompt and answer together; 16 up to the checkpoint's positions. Default null takes all of
    /// them.</summary>
    [Range(16, 1_048_576)]
    public int? MaxContext { get; set; }

    /// <summary>Tokens per block of the KV cache; 1 to 1024, default 16.</summary>
    [Range(1, 1024)]
    public int BlockSize { get; set; } = 16;

    /// <summary>Memory of the KV cache in bytes, at least 1 MiB; too little for one full context is raised to that.
    /// Default null: what <see cref="MaxBatchSize"/> full contexts need, but at most 1 GiB.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long? KvCacheBytes { get; set; }

    /// <summary>Whether a prompt that begins like an earlier one takes over its keys and values; default true.</summary>
    public bool PrefixCache { get; set; } = true;

    /// <summary>Memory for encoded pictures that no request shows any more, in bytes; 0 keeps none, default 256
    /// MiB.</summary>
    [Range(0, long.MaxValue)]
    public long ImageCacheBytes { get; set; } = 256L << 20;

    /// <summary>Whether one small request runs before the engine is ready, so that the first real one pays for no lazy
    /// set-up; default true.</summary>
    public bool WarmUp { get; set; } = true;

    private const long DefaultKvCacheBytes = 1L << 30;

    /// <summary>Most requests that run and wait, together.</summary>
    internal int MaxRequests => MaxBatchSize + (MaxQueue ?? Math.Max(1, MaxBatchSize / 2));

    /// <summary>Blocks that the cache gets.</summary>
    /// <param name="contextLength">Tokens of one full context.</param>
    /// <param name="bytesPerBlock">Bytes of one block over all layers.</param>
    /// <exception cref="ArgumentException">More blocks than can be counted.</exception>
    public int NumBlocks(int contextLength, long bytesPerBlock)
    {
        long perContext = BlocksFor(contextLength);
        long wanted = KvCacheBytes is { } bytes
            ? bytes / bytesPerBlock
            : Math.Min(MaxBatchSize * perContext, DefaultKvCacheBytes / bytesPerBlock);
        var numBlocks = Math.Max(perContext, wanted);
        return numBlocks <= Array.MaxLength
            ? (int)numBlocks
            : throw new ArgumentException(
                $"KV cache: expected at most {Array.MaxLength} blocks of {BlockSize} tokens, found {numBlocks}.");
    }

    /// <summary>Blocks that hold a number of tokens.</summary>
    internal int BlocksFor(int numTokens) => (numTokens + BlockSize - 1) / BlockSize;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxStepTokens < MaxBatchSize)
        {
            yield return new(
                $"MaxStepTokens: expected at least MaxBatchSize ({MaxBatchSize}), found {MaxStepTokens}.",
                [nameof(MaxStepTokens)]);
        }
    }
}
