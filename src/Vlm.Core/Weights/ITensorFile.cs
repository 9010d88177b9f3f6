namespace Vlm.Core.Weights;

/// <summary>A file of named tensors, safetensors or zip pickle.</summary>
public interface ITensorFile : IDisposable
{
    /// <summary>Path of the file.</summary>
    string Path { get; }

    /// <summary>Tensors by the name that the file gives them.</summary>
    IReadOnlyDictionary<string, TensorEntry> Entries { get; }

    /// <summary>The contiguous little-endian bytes of a tensor, aligned to its element: a view of the mapping where
    /// possible, else a copy.</summary>
    /// <exception cref="KeyNotFoundException">The file has no such tensor.</exception>
    TensorData Read(string name);
}

/// <summary>Bytes of one tensor; disposing releases them.</summary>
/// <param name="Entry">What the bytes are.</param>
/// <param name="Address">First byte; valid until the owner is disposed.</param>
/// <param name="Owner">Keeps the bytes alive.</param>
public sealed record TensorData(TensorEntry Entry, IntPtr Address, IDisposable Owner) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Owner.Dispose();
}
