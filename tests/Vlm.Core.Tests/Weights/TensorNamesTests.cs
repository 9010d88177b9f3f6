using Vlm.Core.Weights;

namespace Vlm.Core.Tests.Weights;

/// <summary>Every row of the tables in llava.md 10.2 and 10.3.</summary>
public sealed class TensorNamesTests
{
    [Theory]
    // Hub names stay.
    [InlineData("language_model.model.embed_tokens.weight", "language_model.model.embed_tokens.weight")]
    [InlineData("language_model.lm_head.weight", "language_model.lm_head.weight")]
    [InlineData("vision_tower.vision_model.pre_layrnorm.bias", "vision_tower.vision_model.pre_layrnorm.bias")]
    [InlineData("multi_modal_projector.linear_1.weight", "multi_modal_projector.linear_1.weight")]
    // transformers 4.52 and later.
    [InlineData("model.language_model.embed_tokens.weight", "language_model.model.embed_tokens.weight")]
    [InlineData("model.language_model.layers.3.self_attn.q_proj.weight", "language_model.model.layers.3.self_attn.q_proj.weight")]
    [InlineData("model.language_model.norm.weight", "language_model.model.norm.weight")]
    [InlineData("lm_head.weight", "language_model.lm_head.weight")]
    [InlineData("model.vision_tower.vision_model.embeddings.class_embedding", "vision_tower.vision_model.embeddings.class_embedding")]
    [InlineData("model.multi_modal_projector.linear_2.bias", "multi_modal_projector.linear_2.bias")]
    // transformers 5.
    [InlineData("model.vision_tower.encoder.layers.3.mlp.fc1.bias", "vision_tower.vision_model.encoder.layers.3.mlp.fc1.bias")]
    [InlineData("vision_tower.post_layernorm.weight", "vision_tower.vision_model.post_layernorm.weight")]
    // Original.
    [InlineData("model.embed_tokens.weight", "language_model.model.embed_tokens.weight")]
    [InlineData("model.layers.31.mlp.up_proj.weight", "language_model.model.layers.31.mlp.up_proj.weight")]
    [InlineData("model.norm.weight", "language_model.model.norm.weight")]
    [InlineData("model.mm_projector.0.weight", "multi_modal_projector.linear_1.weight")]
    [InlineData("model.mm_projector.2.bias", "multi_modal_projector.linear_2.bias")]
    [InlineData("model.vision_tower.vision_tower.vision_model.pre_layrnorm.weight", "vision_tower.vision_model.pre_layrnorm.weight")]
    // Buffers.
    [InlineData("model.layers.0.self_attn.rotary_emb.inv_freq", null)]
    [InlineData("vision_tower.vision_model.embeddings.position_ids", null)]
    // Unknown names stay unknown.
    [InlineData("something.else", "something.else")]
    public void ToHub_EveryNaming_GivesTheHubName(string name, string? expected) =>
        Assert.Equal(expected, TensorNames.ToHub(name));

    [Theory]
    [InlineData("vision_model.encoder.layers.0.mlp.fc1.weight", "vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight")]
    [InlineData("vision_model.embeddings.position_ids", null)]
    [InlineData("text_model.embeddings.token_embedding.weight", null)]
    [InlineData("visual_projection.weight", null)]
    [InlineData("text_projection.weight", null)]
    [InlineData("logit_scale", null)]
    public void ClipToHub_WholeClipCheckpoint_KeepsTheTowerOnly(string name, string? expected) =>
        Assert.Equal(expected, TensorNames.ClipToHub(name));
}
