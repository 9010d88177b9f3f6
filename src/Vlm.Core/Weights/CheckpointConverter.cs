using TorchSharp;
using Vlm.Core.Models;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Core.Weights;

/// <summary>
/// Rewrites a checkpoint of any supported layout and naming as safetensors in Hugging Face layout with hub names.
/// Values and dtypes stay, unless the language model's matrices shall be int8.
/// A converted original keeps <c>image_aspect_ratio</c> in its config.json, by which <see cref="LlavaConfig.Family"/>
/// still says
/// <see cref="CheckpointFamily.Original"/>: template and geometry do not change with the file format. Files from the
/// hub have no such field and get
/// Hugging Face's defaults.
/// </summary>
public static class CheckpointConverter
{
    private static readonly string[] SideFiles =
    [
        "tokenizer.model", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "generation_config.json", "chat_template.json", "chat_template.jinja", "preprocessor_config.json",
        "processor_config.json", "LICENSE", "LICENSE.txt", "NOTICE",
    ];

    /// <summary>Converts; the target appears only when it is complete.</summary>
    /// <param name="source">Checkpoint folder.</param>
    /// <param name="target">New or empty folder.</param>
    /// <param name="progress">Told after every tensor.</param>
    /// <param name="toInt8">Whether to round the language model's matrices as <see cref="WeightFormat.EightBit"/> does at load.</param>
    /// <param name="cancel">Stops between tensors; nothing is left behind.</param>
    /// <exception cref="InvalidDataException">The source is not a complete checkpoint, or the target has
    /// content.</exception>
    /// <exception cref="IOException">Too little disk space, found before the first weight.</exception>
    public static void Convert(
        string source, string target, IProgress<ByteProgress>? progress = null, bool toInt8 = false, CancellationToken cancel = default)
    {
        using Checkpoint checkpoint = Checkpoint.Open(source);
        using StagingFolder staging = StagingFolder.Create(target);
        WeightStore store = checkpoint.Store;
        TensorPlan[] plans = [.. store.Parameters.SelectMany(p => Plan(store, p, toInt8))];
        CheckpointWriter.Write(
            staging.Path, plans, (plan, output) => Fill(store, plan, output), progress, cancel: cancel);
        WriteSideFiles(checkpoint, staging.Path, toInt8 || checkpoint.HoldsInt8);
        staging.Commit();
    }

    private static IEnumerable<TensorPlan> Plan(WeightStore store, ModelParameter parameter, bool toInt8)
    {
        bool isInt8 = store.IsInt8(parameter) || (toInt8 && parameter.CanBeInt8);
        yield return new TensorPlan(parameter.Name, isInt8 ? TensorDType.I8 : store.Entry(parameter.Name).DType, parameter.Shape);
        if (isInt8)
        {
            yield return new TensorPlan(parameter.Scales.Name, TensorDType.BF16, parameter.Scales.Shape);
        }
    }

    private static void Fill(WeightStore store, TensorPlan plan, Stream output)
    {
        if (store.Has(plan.Name) && store.Entry(plan.Name).DType == plan.DType)
        {
            Copy(store, plan.Name, output);
        }
        else
        {
            Quantize(store, store.Parameters.First(p => p.CanBeInt8 && (p.Name == plan.Name || p.Scales.Name == plan.Name)), plan, output);
        }
    }

    // Values and scales lie apart in the file, so a matrix is rounded for each: cheaper than to keep one of them.
    private static void Quantize(WeightStore store, ModelParameter parameter, TensorPlan plan, Stream output)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor exact = store.Read(parameter.Name, parameter.Shape);
        (Tensor values, Tensor scales) = Kernels.Default.Quantize(exact.dtype == ScalarType.Float64 ? exact.to(ScalarType.Float32) : exact);
        output.Write((plan.Name == parameter.Name ? values : scales).bytes);
    }

    private static unsafe void Copy(WeightStore store, string name, Stream output)
    {
        var (file, fileName) = store.Ask(name);
        using TensorData data = file.Read(fileName);
        using var bytes = new UnmanagedMemoryStream((byte*)data.Address, data.Entry.Length);
        bytes.CopyTo(output);
    }

    private static void WriteSideFiles(Checkpoint checkpoint, string target, bool isInt8)
    {
        // The checkpoint's own files win over the tower's, both over generated ones.
        foreach (string folder in new[] { checkpoint.Folder, checkpoint.VisionTowerFolder }.OfType<string>())
        {
            bool isTower = folder != checkpoint.Folder;
            foreach (string name in SideFiles.Where(name => !isTower || name == "preprocessor_config.json"))
            {
                CopyIfAbsent(Path.Combine(folder, name), Path.Combine(target, name));
            }
        }

        ConfigWriter.WriteConfig(target, checkpoint.Config, isInt8);
        WriteIfAbsent("generation_config.json", ConfigWriter.WriteGeneration);
        WriteIfAbsent("preprocessor_config.json", ConfigWriter.WritePreprocessor);
        WriteIfAbsent("processor_config.json", ConfigWriter.WriteProcessor);

        void WriteIfAbsent(string name, Action<string, LlavaConfig> write)
        {
            if (!File.Exists(Path.Combine(target, name)))
            {
                write(target, checkpoint.Config);
            }
        }
    }

    private static void CopyIfAbsent(string from, string to)
    {
        if (File.Exists(from) && !File.Exists(to))
        {
            File.Copy(from, to);
        }
    }
}
