using Vlm.Merge;

namespace Vlm.Core.Models;

/// <summary>Multiply-accumulates of one request with one picture; double them for floating-point operations.</summary>
/// <param name="Merge">Method and ratio.</param>
/// <param name="VisualTokens">Tokens of the picture that the language model sees.</param>
/// <param name="Patches">Patch embedding.</param>
/// <param name="Tower">Blocks of the vision tower, merging included.</param>
/// <param name="Projector">Both layers.</param>
/// <param name="Prefill">The language model over text and picture, causal, with one row of logits.</param>
/// <param name="DecodePerToken">The language model for the first token after that.</param>
public sealed record RequestCost(
    string Merge, int VisualTokens, long Patches, TowerCost Tower, long Projector, long Prefill, long DecodePerToken)
{
    /// <summary>Picture to vectors of the language model.</summary>
    public long Encode => Patches + Tower.Total + Projector;

    /// <summary>Everything up to the first token of the answer.</summary>
    public long FirstToken => Encode + Prefill;

    /// <summary>Counts a request.</summary>
    /// <param name="config">The model.</param>
    /// <param name="merge">Method and ratio.</param>
    /// <param name="textTokens">Tokens of the prompt besides the picture.</param>
    public static RequestCost Of(LlavaConfig config, MergeSpec merge, int textTokens)
    {
        VisionConfig vision = config.Vision;
        int visual = TokenMergers.VisualTokens(merge, config.MergeShape);
        return new(
            merge.ToString(),
            visual,
            (long)vision.NumPatches * vision.NumChannels * vision.PatchSize * vision.PatchSize * vision.HiddenSize,
            TowerCost.Of(merge, config.MergeShape, vision.HiddenSize, vision.IntermediateSize),
            (long)visual * config.Text.HiddenSize * (vision.HiddenSize + config.Text.HiddenSize),
            PrefillOf(config.Text, visual + textTokens),
            DecodeOf(config.Text, visual + textTokens + 1));
    }

    /// <summary>A prompt of so many tokens; token j attends to j + 1 of them, only the last one gets logits.</summary>
    public static long PrefillOf(TextConfig text, long tokens) =>
        (tokens * text.NumHiddenLayers * LayerWeights(text))
        + (tokens * (tokens + 1) * text.NumHiddenLayers * text.NumAttentionHeads * text.HeadDim)
        + Logits(text);

    /// <summary>One token that attends to so many, itself included.</summary>
    public static long DecodeOf(TextConfig text, long context) =>
        (text.NumHiddenLayers * (LayerWeights(text) + (2 * context * text.NumAttentionHeads * text.HeadDim))) + Logits(text);

    /// <summary>Weights of one layer of the language model that a token is multiplied with.</summary>
    public static long LayerWeights(TextConfig text) =>
        ((long)text.HiddenSize * text.HeadDim * ((2 * text.NumAttentionHeads) + (2 * text.NumKeyValueHeads)))
        + (3L * text.HiddenSize * text.IntermediateSize);

    /// <summary>Weights of the last layer.</summary>
    public static long Logits(TextConfig text) => (long)text.HiddenSize * text.VocabSize;
}
