using Vlm.Core.Models;

namespace Vlm.Core.Weights;

/// <summary>
/// Reads <c>config.json</c> of both layouts (llava.md 10.1, 10.3), applies the defaults that files omit, and refuses by
/// name what the model
/// does not implement.
/// </summary>
internal static class LlavaConfigReader
{
    private const string FileName = "config.json";

    /// <summary>Reads the configuration of a checkpoint folder.</summary>
    /// <param name="folder">The checkpoint.</param>
    /// <param name="layout">Layout that the configuration announces.</param>
    /// <param name="towerFolder">Folder of the separate vision tower of an original checkpoint; null when there is
    /// none.</param>
    public static LlavaConfig Read(string folder, out CheckpointLayout layout, out string? towerFolder)
    {
        string path = Path.Combine(folder, FileName);
        var file = JsonFiles.Read<ConfigFile>(path);
        var check = new ConfigCheck(path);
        check.OneOf("model_type", file.ModelType, "llava", "llava_llama");
        layout = file.MmVisionTower is null ? CheckpointLayout.HuggingFace : CheckpointLayout.Original;
        if (layout == CheckpointLayout.HuggingFace)
        {
            towerFolder = null;
            return HuggingFace(file, check);
        }

        towerFolder = VisionTowerFolder.Find(folder, file.MmVisionTower!);
        return Original(file, JsonFiles.Read<TextFile>(path), towerFolder, check);
    }

    private static LlavaConfig HuggingFace(ConfigFile file, ConfigCheck check)
    {
        check.OneOf("projector_hidden_act", file.ProjectorHiddenAct ?? "gelu", "gelu");
        check.OneOf("vision_feature_select_strategy", file.VisionFeatureSelectStrategy ?? "default", "default", "full");
        check.False("tie_word_embeddings", file.TieWordEmbeddings);
        VisionConfig vision = check.Vision(check.Present("vision_config", file.VisionConfig));
        TextFile text = check.Present("text_config", file.TextConfig);
        return new LlavaConfig
        {
            ModelType = file.ModelType!,
            // Our converter keeps image_aspect_ratio, so that a converted original still behaves like one.
            Family = file.ImageAspectRatio is null ? CheckpointFamily.HuggingFace : CheckpointFamily.Original,
            Vision = vision,
            Text = check.Text(text, file.VocabSize),
            ImageTokenId = file.ImageTokenIndex ?? file.ImageTokenId ?? 32000,
            PadTokenId = file.PadTokenId ?? text.PadTokenId ?? 0,
            FeatureLayer = check.FeatureLayer("vision_feature_layer", file.VisionFeatureLayer, vision),
            KeepClassToken = file.VisionFeatureSelectStrategy == "full",
            ProjectorBias = file.MultimodalProjectorBias ?? true,
            PadToSquare = file.ImageAspectRatio == "pad",
            DType = check.DType(file.TorchDtype ?? file.Dtype ?? text.TorchDtype ?? text.Dtype),
        };
    }

    private static LlavaConfig Original(ConfigFile file, TextFile text, string? towerFolder, ConfigCheck check)
    {
        check.OneOf("mm_projector_type", file.MmProjectorType ?? "linear", "mlp2x_gelu");
        check.OneOf("mm_vision_select_feature", file.MmVisionSelectFeature ?? "patch", "patch", "cls_patch");
        check.False("mm_use_im_start_end", file.MmUseImStartEnd);
        check.False("mm_use_im_patch_token", file.MmUseImPatchToken);
        check.Null("mm_resampler_type", file.MmResamplerType);
        VisionConfig vision = VisionTowerFolder.ReadConfig(towerFolder, file.MmVisionTower!, check.Path);
        check.Equal(
            "mm_hidden_size", file.MmHiddenSize ?? vision.HiddenSize, vision.HiddenSize, "the tower's hidden_size");
        // The text fields stand at top level here; their model_type is the whole model's.
        TextConfig language = check.Text(text with { ModelType = "llama" }, null);
        return new LlavaConfig
        {
            ModelType = file.ModelType!,
            Family = CheckpointFamily.Original,
            Vision = vision,
            Text = language,
            // The original splices at -200 and has no row for pictures: the first id behind its matrix stands for one.
            ImageTokenId = file.ImageTokenIndex ?? file.ImageTokenId ?? language.VocabSize,
            PadTokenId = file.PadTokenId ?? 0,
            FeatureLayer = check.FeatureLayer("mm_vision_select_layer", file.MmVisionSelectLayer, vision),
            KeepClassToken = file.MmVisionSelectFeature == "cls_patch",
            PadToSquare = file.ImageAspectRatio == "pad",
            DType = check.DType(file.TorchDtype ?? file.Dtype),
        };
    }
}
