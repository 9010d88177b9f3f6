namespace Vlm.Core.Weights;

/// <summary>How the matrices of a model lie in memory; biases, norms and activations are always of the compute type.</summary>
public enum WeightFormat
{
    /// <summary>In the compute type, converted where the file holds another.</summary>
    Computed,

    /// <summary>float16 and bfloat16 as the file holds them, mapped and used in place: half the memory and half the bytes
    /// to read per decoded token. Others as <see cref="Computed"/>.</summary>
    Stored,

    /// <summary>The language model's matrices rounded to 8 bits in groups of 32 at load, or by
    /// <see cref="CheckpointConverter"/> before, but for the embedding; the rest as
    /// <see cref="Stored"/>. On a CPU only.</summary>
    EightBit,
}
