using Vlm.Core.Models;
using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Models;

public sealed class LlavaConfigTests
{
    private const string Vision7B = """
        "vision_config": { "model_type": "clip_vision_model", "hidden_size": 1024, "image_size": 336, "intermediate_size": 4096,
          "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size": 14, "projection_dim": 768, "vocab_size": 32000 }
        """;

    private const string Hub7B = $$"""
        { "architectures": ["LlavaForConditionalGeneration"], "model_type": "llava", "ignore_index": -100, "image_token_index": 32000,
          "pad_token_id": 32001, "projector_hidden_act": "gelu", "tie_word_embeddings": false, "torch_dtype": "float16",
          "vision_feature_layer": -2, "vision_feature_select_strategy": "default", "vocab_size": 32064,
          "text_config": { "_name_or_path": "lmsys/vicuna-7b-v1.5", "architectures": ["LlamaForCausalLM"], "max_position_embeddings": 4096,
            "model_type": "llama", "rms_norm_eps": 1e-05, "torch_dtype": "float16", "vocab_size": 32064 },
          {{Vision7B}} }
        """;

    [Fact]
    public void Read_Hub7BWithoutSizes_AppliesTheLibrarysDefaults()
    {
        LlavaConfig config = Read(Hub7B);

        Assert.Equal(
            new TextConfig { VocabSize = 32064, MaxPositionEmbeddings = 4096, RmsNormEps = 1e-5 },
            config.Text);
        Assert.Equal(VisionConfig.ClipLarge336, config.Vision);
        Assert.Equal((32000, 32001), (config.ImageTokenId, config.PadTokenId));
        Assert.Equal((23, 576), (config.FeatureLayer, config.NumImageTokens));
        Assert.Equal(CheckpointFamily.HuggingFace, config.Family);
        Assert.Equal(TensorDType.F16, config.DType);
        Assert.False(config.KeepClassToken);
    }

    [Theory]
    [InlineData("\"vision_feature_layer\": -2", "\"vision_feature_layer\": -1", 24)]
    [InlineData("\"vision_feature_layer\": -2", "\"vision_feature_layer\": 22", 22)]
    [InlineData("\"vision_feature_layer\": -2", "\"vision_feature_layer\": -25", 0)]
    public void Read_FeatureLayer_CountsEvaluatedLayers(string old, string changed, int expected) =>
        Assert.Equal(expected, Read(Hub7B.Replace(old, changed, StringComparison.Ordinal)).FeatureLayer);

    [Fact]
    public void Read_StrategyFull_KeepsTheClassToken()
    {
        LlavaConfig config = Read(Hub7B.Replace("\"default\"", "\"full\"", StringComparison.Ordinal));

        Assert.True(config.KeepClassToken);
        Assert.Equal(577, config.NumImageTokens);
    }

    [Fact]
    public void Read_Transformers5RopeParameters_AreUnderstood()
    {
        const string rope = "\"rms_norm_eps\": 1e-05, \"rope_parameters\": { \"rope_type\": \"default\", \"rope_theta\": 5000.0 }";

        Assert.Equal(
            5000, Read(Hub7B.Replace("\"rms_norm_eps\": 1e-05", rope, StringComparison.Ordinal)).Text.RopeTheta);
    }

    [Theory]
    [InlineData("\"model_type\": \"llava\"", "\"model_type\": \"llava_next\"", "model_type: not supported: expected llava or llava_llama, found llava_next in ")]
    [InlineData("\"projector_hidden_act\": \"gelu\"", "\"projector_hidden_act\": \"relu\"", "projector_hidden_act: not supported: expected gelu, found relu in ")]
    [InlineData("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true", "tie_word_embeddings: not supported: expected false, found true in ")]
    [InlineData("\"vision_feature_layer\": -2", "\"vision_feature_layer\": [-2, -5]", "vision_feature_layer: not supported: expected one integer, found [-2, -5] in ")]
    [InlineData("\"vision_feature_layer\": -2", "\"vision_feature_layer\": 25", "vision_feature_layer: not supported: expected -25 to 24, found 25 in ")]
    [InlineData("\"rms_norm_eps\": 1e-05", "\"x\": 1", "rms_norm_eps: not supported: expected a value, found none in ")]
    [InlineData("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1e-05, \"rope_scaling\": {\"type\":\"linear\"}", "rope_scaling: not supported: expected null, found {\"type\":\"linear\"} in ")]
    [InlineData("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1e-05, \"attention_bias\": true", "attention_bias: not supported: expected false, found true in ")]
    [InlineData("\"rms_norm_eps\": 1e-05", "\"rms_norm_eps\": 1e-05, \"num_key_value_heads\": 5", "num_key_value_heads: not supported: expected a divisor of num_attention_heads 32, found 5 in ")]
    [InlineData("\"patch_size\": 14", "\"patch_size\": 13", "vision_config.patch_size: not supported: expected a divisor of image_size 336, found 13 in ")]
    [InlineData("false, \"torch_dtype\": \"float16\"", "false, \"torch_dtype\": \"int4\"", "torch_dtype: not supported: expected float16, bfloat16, float32 or float64, found int4 in ")]
    [InlineData("\"image_token_index\": 32000", "\"image_token_index\": \"x\"", "config.json in ")]
    [InlineData("\"ignore_index\"", "ignore_index", "config.json in ")]
    public void Read_UnsupportedValue_IsRefusedByName(string old, string changed, string expected)
    {
        var error = Assert.Throws<InvalidDataException>(
            () => Read(Hub7B.Replace(old, changed, StringComparison.Ordinal)));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Read_GoldenCheckpoints_GiveTheirGeometry()
    {
        Assert.Equal((23, false, 576), Golden336("tiny-336"));
        Assert.Equal((7, false, 64), Golden336("tiny-112-gqa"));
        Assert.Equal((3, true, 17), Golden336("tiny-56-full"));
        Assert.Equal((11, false, 64), Golden336("tiny-original"));

        static (int FeatureLayer, bool KeepClassToken, int Tokens) Golden336(string name)
        {
            LlavaConfig config = LlavaConfigReader.Read(Golden.Folder("checkpoints", name), out _, out _);
            return (config.FeatureLayer, config.KeepClassToken, config.NumImageTokens);
        }
    }

    [SkippableFact]
    public void Read_GoldenOriginal_IsTheOriginalFamilyWithItsTower()
    {
        string folder = Golden.Folder("checkpoints", "tiny-original");

        LlavaConfig config = LlavaConfigReader.Read(folder, out CheckpointLayout layout, out string? tower);

        Assert.Equal(CheckpointLayout.Original, layout);
        Assert.Equal(Path.Combine(folder, "vision-tower"), tower);
        Assert.Equal(CheckpointFamily.Original, config.Family);
        Assert.True(config.PadToSquare);
        Assert.Equal((32000, 0, 48), (config.ImageTokenId, config.PadTokenId, config.Vision.HiddenSize));
    }

    [Theory]
    [InlineData(524_288, 4096, 11008, 32, 32)]
    [InlineData(819_200, 5120, 13824, 40, 40)]
    public void KvBytesPerToken_ReleasedSizesInHalfPrecision_MatchTheTable(
        long expected, int hidden, int inner, int layers, int heads) =>
        Assert.Equal(expected, Released(32064, hidden, inner, layers, heads).KvBytesPerToken(2));

    internal static LlavaConfig Read(string json)
    {
        string folder = Directory.CreateTempSubdirectory("vlm-config-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "config.json"), json);
            return LlavaConfigReader.Read(folder, out _, out _);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static LlavaConfig Released7B => Read(Hub7B);

    internal static LlavaConfig Released(int rows, int hidden, int inner, int layers, int heads) => Released7B with
    {
        Text = new TextConfig
        {
            HiddenSize = hidden,
            IntermediateSize = inner,
            NumHiddenLayers = layers,
            NumAttentionHeads = heads,
            NumKeyValueHeads = heads,
            HeadDim = hidden / heads,
            VocabSize = rows,
            MaxPositionEmbeddings = 4096,
            RmsNormEps = 1e-5,
        },
    };
}
