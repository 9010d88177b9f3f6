using TorchSharp;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Core.Text;
using Vlm.Core.Weights;

namespace Vlm.Core.Engine;

/// <summary>An open checkpoint folder with the settings to load it under. Opening reads configuration and tokenizer;
/// the weights come with
/// <see cref="Load"/>, on the thread that will use them.</summary>
public sealed class ModelSource : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly ComputeTarget _target;

    private ModelSource(
        Checkpoint checkpoint,
        LlamaTokenizer tokenizer,
        PreprocessorConfig preprocessor,
        ComputeTarget target,
        ModelDescription description)
    {
        (_checkpoint, Tokenizer, Preprocessor) = (checkpoint, tokenizer, preprocessor);
        (_target, Description) = (target, description);
    }

    public ModelDescription Description { get; }

    /// <summary>The checkpoint's tokenizer; safe for use by many threads.</summary>
    public LlamaTokenizer Tokenizer { get; }

    /// <summary>How the checkpoint wants its pictures.</summary>
    public PreprocessorConfig Preprocessor { get; }

    /// <summary>The checkpoint's configuration.</summary>
    public LlavaConfig Config => _checkpoint.Config;

    /// <summary>Opens a folder.</summary>
    /// <param name="folder">Checkpoint in either layout.</param>
    /// <param name="dtype">float64, float32, float16, bfloat16, or auto: see <see cref="ComputeTarget.Parse"/>.</param>
    /// <param name="device">cpu or cuda:N.</param>
    /// <param name="maxContext">Tokens of prompt and answer together; null takes the checkpoint's positions.</param>
    /// <param name="name">Name on the wire; null takes the folder's.</param>
    /// <param name="weights">auto or int8: see <see cref="ComputeTarget.Parse"/>.</param>
    /// <exception cref="InvalidDataException">A file is missing or bad.</exception>
    /// <exception cref="ArgumentException">A dtype or device that cannot be, or a context beyond the checkpoint's.</exception>
    public static ModelSource Open(
        string folder,
        string dtype = "auto",
        string device = "cpu",
        int? maxContext = null,
        string? name = null,
        string weights = "auto")
    {
        var target = ComputeTarget.Parse(dtype, device, weights);
        var checkpoint = Checkpoint.Open(folder);
        try
        {
            if (checkpoint.HoldsInt8 && target.Weights == WeightFormat.Stored)
            {
                target = target with { Weights = WeightFormat.EightBit };
            }

            var tokenizer = LlamaTokenizer.Load(folder);
            var preprocessor = PreprocessorConfig.Load(folder);
            var description = Describe(checkpoint.Config, tokenizer, preprocessor, maxContext) with
            {
                Name = name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
                DType = target.DTypeName,
                Device = device,
                Threads = torch.get_num_threads(),
            };
            return new ModelSource(checkpoint, tokenizer, preprocessor, target, description);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Loads the weights. The model lives no longer than this source; the caller disposes it.</summary>
    /// <exception cref="InvalidDataException">A weight is missing, unknown or of another shape.</exception>
    public Llava Load() => Llava.Load(_checkpoint, _target.DType, _target.Device, _target.Weights);

    public void Dispose()
    {
        Tokenizer.Dispose();
        _checkpoint.Dispose();
    }

    private static ModelDescription Describe(
        LlavaConfig config, LlamaTokenizer tokenizer, PreprocessorConfig preprocessor, int? maxContext)
    {
        if (maxContext > config.Text.MaxPositionEmbeddings)
        {
            throw new ArgumentException(
                $"Context: expected at most {config.Text.MaxPositionEmbeddings} tokens, the checkpoint's positions, " +
                $"found {maxContext}.");
        }

        if (tokenizer.VocabSize > config.Text.VocabSize)
        {
            throw new InvalidDataException(
                $"Tokenizer: expected at most {config.Text.VocabSize} pieces, the rows of the model's matrices, " +
                $"found {tokenizer.VocabSize}.");
        }

        if (preprocessor.Size != config.Vision.ImageSize)
        {
            throw new InvalidDataException(
                $"Preprocessor size: expected {config.Vision.ImageSize}, as the vision tower, " +
                $"found {preprocessor.Size}.");
        }

        return new ModelDescription
        {
            Name = "",
            DType = "",
            Device = "",
            ContextLength = maxContext ?? config.Text.MaxPositionEmbeddings,
            ImageSize = preprocessor.Size,
            MergeShape = config.MergeShape,
            Template = config.Family == CheckpointFamily.HuggingFace ? TemplateName.Hf : TemplateName.VicunaV1,
            Geometry = preprocessor.DefaultGeometry,
            VocabSize = tokenizer.VocabSize,
        };
    }
}
