using Vlm.Core.Models;

namespace Vlm.Core.Weights;

/// <summary>
/// Makes a checkpoint of random weights in Hugging Face layout with every file that a released one has, to test and
/// benchmark without a
/// download. The weights stream to disk; the same seed gives the same bytes on every machine.
/// </summary>
public static class NewCheckpoint
{
    /// <summary>Creates the folder; it appears only when it is complete.</summary>
    /// <param name="folder">New or empty folder.</param>
    /// <param name="preset">Shape of the model.</param>
    /// <param name="seed">Decides every weight.</param>
    /// <param name="dtype">F16, BF16, F32 or F64.</param>
    /// <param name="progress">Told after every tensor.</param>
    /// <param name="vocabulary">SentencePiece model to copy; null takes this repository's own.</param>
    /// <param name="cancel">Stops between tensors; nothing is left behind.</param>
    /// <returns>The configuration written.</returns>
    /// <exception cref="InvalidDataException">The folder has content, or the vocabulary is no SentencePiece
    /// model.</exception>
    /// <exception cref="IOException">Too little disk space, found before the first weight.</exception>
    public static LlavaConfig Create(
        string folder,
        CheckpointPreset preset,
        ulong seed = 0,
        TensorDType dtype = TensorDType.F16,
        IProgress<ByteProgress>? progress = null,
        string? vocabulary = null,
        CancellationToken cancel = default)
    {
        if (!dtype.IsWeight())
        {
            throw new ArgumentException($"dtype: expected F16, BF16, F32 or F64, found {dtype.Name()}.", nameof(dtype));
        }

        vocabulary ??= DefaultVocabulary.Find();
        LlavaConfig config = preset.Config(DefaultVocabulary.CountPieces(vocabulary), dtype);
        var random = new RandomWeights(config, seed, dtype);
        CheckpointFolder.Write(folder, config, dtype, random.Fill, vocabulary, progress, cancel);
        return config;
    }
}
