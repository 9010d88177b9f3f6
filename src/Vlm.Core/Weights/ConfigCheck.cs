using System.Text.Json;
using Vlm.Core.Models;

namespace Vlm.Core.Weights;

/// <summary>Turns raw configuration fields into records and refuses, by field name, what is unsupported.</summary>
internal sealed class ConfigCheck(string path)
{
    // Above any real model; a hostile file must not make us list billions of parameters or overflow a product of sizes.
    private const int MaxSize = 1 << 20;
    private const int MaxLayers = 1024;
    private const int MaxImageSize = 1 << 14;

    /// <summary>Path of the file that is checked.</summary>
    public string Path => path;

    public TextConfig Text(TextFile file, int? outerVocabSize)
    {
        OneOf("text_config.model_type", file.ModelType ?? "llama", "llama");
        OneOf("hidden_act", file.HiddenAct ?? "silu", "silu");
        OneOf("rope_parameters.rope_type", file.RopeParameters?.RopeType ?? "default", "default");
        False("attention_bias", file.AttentionBias);
        False("mlp_bias", file.MlpBias);
        False("tie_word_embeddings", file.TieWordEmbeddings);
        Null("rope_scaling", file.RopeScaling);
        int hidden = Positive("hidden_size", file.HiddenSize ?? 4096);
        int heads = Positive("num_attention_heads", file.NumAttentionHeads ?? 32);
        int keyValueHeads = Positive("num_key_value_heads", file.NumKeyValueHeads ?? heads);
        Divides("num_key_value_heads", keyValueHeads, "num_attention_heads", heads);
        if (file.HeadDim is null)
        {
            Divides("num_attention_heads", heads, "hidden_size", hidden);
        }

        return new TextConfig
        {
            HiddenSize = hidden,
            IntermediateSize = Positive("intermediate_size", file.IntermediateSize ?? 11008),
            NumHiddenLayers = Positive("num_hidden_layers", file.NumHiddenLayers ?? 32, MaxLayers),
            NumAttentionHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            HeadDim = Even("head_dim", file.HeadDim ?? hidden / heads),
            VocabSize = Positive("vocab_size", file.VocabSize ?? outerVocabSize ?? 32000),
            MaxPositionEmbeddings = Positive(
                "max_position_embeddings", Present("max_position_embeddings", file.MaxPositionEmbeddings)),
            RmsNormEps = Positive("rms_norm_eps", Present("rms_norm_eps", file.RmsNormEps)),
            RopeTheta = Positive("rope_theta", file.RopeTheta ?? file.RopeParameters?.RopeTheta ?? 10000),
            BosTokenId = TokenId("bos_token_id", file.BosTokenId, 1),
            EosTokenId = TokenId("eos_token_id", file.EosTokenId, 2),
        };
    }

    public VisionConfig Vision(VisionFile file)
    {
        OneOf("vision_config.model_type", file.ModelType ?? "clip_vision_model", "clip_vision_model");
        OneOf("vision_config.hidden_act", file.HiddenAct ?? "quick_gelu", "quick_gelu");
        var vision = new VisionConfig
        {
            HiddenSize = Size("hidden_size", file.HiddenSize),
            IntermediateSize = Size("intermediate_size", file.IntermediateSize),
            NumHiddenLayers = Size("num_hidden_layers", file.NumHiddenLayers, MaxLayers),
            NumAttentionHeads = Size("num_attention_heads", file.NumAttentionHeads),
            ImageSize = Size("image_size", file.ImageSize, MaxImageSize),
            PatchSize = Size("patch_size", file.PatchSize),
            NumChannels = file.NumChannels ?? 3,
            LayerNormEps = Positive("vision_config.layer_norm_eps", file.LayerNormEps ?? 1e-5),
        };
        Equal("vision_config.num_channels", vision.NumChannels, 3, "RGB");
        Divides("vision_config.num_attention_heads", vision.NumAttentionHeads, "hidden_size", vision.HiddenSize);
        Divides("vision_config.patch_size", vision.PatchSize, "image_size", vision.ImageSize);
        return vision;

        int Size(string field, int? value, int limit = MaxSize) =>
            Positive($"vision_config.{field}", Present($"vision_config.{field}", value), limit);
    }

    /// <summary>Number of layers to evaluate for an entry of the hidden-state list (llava.md 2): -2 of 24 layers means
    /// 23.</summary>
    public int FeatureLayer(string field, JsonElement? value, VisionConfig vision)
    {
        int layers = vision.NumHiddenLayers;
        int index = -2;
        if (value is { } element && (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out index)))
        {
            // A list would concatenate layers and widen the projector; no LLaVA-1.5 does.
            throw Error(field, "one integer", element.GetRawText());
        }

        int resolved = index < 0 ? layers + 1 + index : index;
        return resolved >= 0 && resolved <= layers
            ? resolved
            : throw Error(field, $"{-layers - 1} to {layers}", $"{index}");
    }

    public TensorDType? DType(string? name) => name switch
    {
        null => null,
        "float16" => TensorDType.F16,
        "bfloat16" => TensorDType.BF16,
        "float32" => TensorDType.F32,
        "float64" => TensorDType.F64,
        _ => throw Error("torch_dtype", "float16, bfloat16, float32 or float64", name),
    };

    public void OneOf(string field, string? value, params string[] allowed)
    {
        if (!allowed.Contains(value))
        {
            throw Error(field, string.Join(" or ", allowed), value ?? "none");
        }
    }

    public void False(string field, bool? value)
    {
        if (value == true)
        {
            throw Error(field, "false", "true");
        }
    }

    public void Null(string field, string? value)
    {
        if (value is not null)
        {
            throw Error(field, "null", value);
        }
    }

    public void Equal(string field, int value, int expected, string why)
    {
        if (value != expected)
        {
            throw Error(field, $"{expected} ({why})", $"{value}");
        }
    }

    public T Present<T>(string field, T? value)
        where T : class => value ?? throw Error(field, "a value", "none");

    public T Present<T>(string field, T? value)
        where T : struct => value ?? throw Error(field, "a value", "none");

    public InvalidDataException Error(string field, string expected, string found) =>
        new($"{field}: not supported: expected {expected}, found {found} in {path}.");

    private void Null(string field, JsonElement? value)
    {
        if (value is { ValueKind: not JsonValueKind.Null } element)
        {
            throw Error(field, "null", element.GetRawText());
        }
    }

    // Generation takes one end id; Hugging Face files may list several.
    private int TokenId(string field, JsonElement? value, int fallback)
    {
        if (value is not { } element)
        {
            return fallback;
        }

        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out int id) && id >= 0
            ? id
            : throw Error(field, "one token id", element.GetRawText());
    }

    private int Positive(string field, int value, int limit = MaxSize) =>
        value > 0 && value <= limit ? value : throw Error(field, $"1 to {limit}", $"{value}");

    private double Positive(string field, double value) =>
        value > 0 && double.IsFinite(value)
            ? value
            : throw Error(field, "above 0", FormattableString.Invariant($"{value}"));

    private int Even(string field, int value) =>
        Positive(field, value) % 2 == 0 ? value : throw Error(field, "an even number (rotary halves)", $"{value}");

    private void Divides(string field, int divisor, string whole, int value)
    {
        if (value % divisor != 0)
        {
            throw Error(field, $"a divisor of {whole} {value}", $"{divisor}");
        }
    }
}
