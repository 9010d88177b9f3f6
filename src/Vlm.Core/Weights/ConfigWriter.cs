using System.Text.Json;
using Vlm.Core.Imaging;
using Vlm.Core.Models;
using Vlm.Torch;

namespace Vlm.Core.Weights;

/// <summary>Writes the JSON files of a checkpoint in Hugging Face layout.</summary>
internal static class ConfigWriter
{
    /// <summary>Writes <c>config.json</c>. <c>image_aspect_ratio</c> is kept for the original family, whose template
    /// and geometry it preserves.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="config">The model.</param>
    /// <param name="isInt8">Whether matrices are int8: then others' loaders are told, who would take them for weights.</param>
    public static void WriteConfig(string folder, LlavaConfig config, bool isInt8 = false)
    {
        string? dtype = DTypeName(config.DType);
        var file = new ConfigFile
        {
            Architectures = ["LlavaForConditionalGeneration"],
            ModelType = "llava",
            ImageTokenIndex = config.ImageTokenId,
            PadTokenId = config.PadTokenId,
            ProjectorHiddenAct = "gelu",
            MultimodalProjectorBias = config.ProjectorBias,
            VisionFeatureLayer = Number(config.FeatureLayer - config.Vision.NumHiddenLayers - 1),
            VisionFeatureSelectStrategy = Strategy(config),
            ImageSeqLength = config.NumImageTokens,
            TieWordEmbeddings = false,
            TorchDtype = dtype,
            ImageAspectRatio = AspectRatio(config),
            QuantizationConfig = isInt8 ? new QuantizationFile("vlm-int8", Bits: 8, LinearWeight.GroupSize) : null,
            TextConfig = Text(config.Text, dtype),
            VisionConfig = Vision(config.Vision),
        };
        Write(folder, "config.json", file);
    }

    /// <summary>Writes <c>generation_config.json</c>.</summary>
    public static void WriteGeneration(string folder, LlavaConfig config) => Write(folder, "generation_config.json", new
    {
        config.Text.BosTokenId,
        config.Text.EosTokenId,
        config.PadTokenId,
    });

    /// <summary>Writes <c>preprocessor_config.json</c> with CLIP's constants.</summary>
    public static void WritePreprocessor(string folder, LlavaConfig config) => Write(folder, "preprocessor_config.json", new
    {
        ImageProcessorType = "CLIPImageProcessor",
        DoConvertRgb = true,
        DoResize = true,
        Size = new { ShortestEdge = config.Vision.ImageSize },
        Resample = PreprocessorConfigReader.Bicubic,
        DoCenterCrop = true,
        CropSize = new { Height = config.Vision.ImageSize, Width = config.Vision.ImageSize },
        DoRescale = true,
        PreprocessorConfig.Default.RescaleFactor,
        DoNormalize = true,
        ImageMean = PreprocessorConfig.ClipMean,
        ImageStd = PreprocessorConfig.ClipStd,
    });

    /// <summary>Writes <c>processor_config.json</c>.</summary>
    public static void WriteProcessor(string folder, LlavaConfig config) => Write(folder, "processor_config.json", new
    {
        ProcessorClass = "LlavaProcessor",
        config.Vision.PatchSize,
        NumAdditionalImageTokens = 1,
        VisionFeatureSelectStrategy = Strategy(config),
        ImageToken = "<image>",
    });

    /// <summary>Writes the files that say which ids stand behind the SentencePiece vocabulary.</summary>
    public static void WriteTokenizer(string folder, LlavaConfig config)
    {
        Write(folder, "added_tokens.json", new Dictionary<string, int>
        {
            ["<image>"] = config.ImageTokenId,
            ["<pad>"] = config.PadTokenId,
        });
        Write(folder, "tokenizer_config.json", new
        {
            TokenizerClass = "LlamaTokenizer",
            AddBosToken = true,
            AddEosToken = false,
            BosToken = "<s>",
            EosToken = "</s>",
            UnkToken = "<unk>",
            PadToken = "<pad>",
            CleanUpTokenizationSpaces = false,
        });
    }

    private static TextFile Text(TextConfig text, string? dtype) => new()
    {
        ModelType = "llama",
        HiddenSize = text.HiddenSize,
        IntermediateSize = text.IntermediateSize,
        NumHiddenLayers = text.NumHiddenLayers,
        NumAttentionHeads = text.NumAttentionHeads,
        NumKeyValueHeads = text.NumKeyValueHeads,
        HeadDim = text.HeadDim,
        VocabSize = text.VocabSize,
        MaxPositionEmbeddings = text.MaxPositionEmbeddings,
        RmsNormEps = text.RmsNormEps,
        RopeTheta = text.RopeTheta,
        HiddenAct = text.HiddenAct,
        TieWordEmbeddings = false,
        BosTokenId = Number(text.BosTokenId),
        EosTokenId = Number(text.EosTokenId),
        TorchDtype = dtype,
    };

    private static VisionFile Vision(VisionConfig vision) => new()
    {
        ModelType = "clip_vision_model",
        HiddenSize = vision.HiddenSize,
        IntermediateSize = vision.IntermediateSize,
        NumHiddenLayers = vision.NumHiddenLayers,
        NumAttentionHeads = vision.NumAttentionHeads,
        ImageSize = vision.ImageSize,
        PatchSize = vision.PatchSize,
        NumChannels = vision.NumChannels,
        LayerNormEps = vision.LayerNormEps,
        HiddenAct = vision.HiddenAct,
    };

    private static JsonElement Number(int value) => JsonSerializer.SerializeToElement(value);

    // "square" is what the original calls the geometry without padding.
    private static string? AspectRatio(LlavaConfig config)
    {
        string geometry = config.PadToSquare ? "pad" : "square";
        return config.Family == CheckpointFamily.Original ? geometry : null;
    }

    private static string Strategy(LlavaConfig config) => config.KeepClassToken ? "full" : "default";

    private static string? DTypeName(TensorDType? dtype) => dtype switch
    {
        TensorDType.F16 => "float16",
        TensorDType.BF16 => "bfloat16",
        TensorDType.F32 => "float32",
        TensorDType.F64 => "float64",
        _ => null,
    };

    private static void Write<T>(string folder, string name, T content) =>
        File.WriteAllText(Path.Combine(folder, name), JsonSerializer.Serialize(content, JsonFiles.Options) + "\n");
}
