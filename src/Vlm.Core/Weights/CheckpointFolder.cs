using Vlm.Core.Models;

namespace Vlm.Core.Weights;

/// <summary>Writes a checkpoint in Hugging Face layout with every file that a released one has.</summary>
public static class CheckpointFolder
{
    /// <summary>Creates the folder; it appears only when it is complete.</summary>
    /// <param name="folder">New or empty folder.</param>
    /// <param name="config">The model.</param>
    /// <param name="dtype">Type of the stored weights.</param>
    /// <param name="fill">Writes the bytes of one parameter of <see cref="ModelParameters.List"/>.</param>
    /// <param name="vocabulary">SentencePiece model to copy.</param>
    /// <param name="progress">Told after every tensor.</param>
    /// <param name="cancel">Stops between tensors; nothing is left behind.</param>
    /// <exception cref="InvalidDataException">The folder has content.</exception>
    /// <exception cref="IOException">Too little disk space, found before the first weight.</exception>
    public static void Write(
        string folder,
        LlavaConfig config,
        TensorDType dtype,
        TensorFill fill,
        string vocabulary,
        IProgress<ByteProgress>? progress = null,
        CancellationToken cancel = default)
    {
        using StagingFolder staging = StagingFolder.Create(folder);
        TensorPlan[] plans = [.. ModelParameters.List(config).Select(p => new TensorPlan(p.Name, dtype, p.Shape))];
        CheckpointWriter.Write(staging.Path, plans, fill, progress, cancel: cancel);
        File.Copy(vocabulary, Path.Combine(staging.Path, DefaultVocabulary.FileName));
        ConfigWriter.WriteConfig(staging.Path, config);
        ConfigWriter.WriteGeneration(staging.Path, config);
        ConfigWriter.WritePreprocessor(staging.Path, config);
        ConfigWriter.WriteProcessor(staging.Path, config);
        ConfigWriter.WriteTokenizer(staging.Path, config);
        staging.Commit();
    }
}
