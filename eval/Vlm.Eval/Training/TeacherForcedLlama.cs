using Vlm.Core.Models;
using Vlm.Torch;
using static TorchSharp.torch;

namespace Vlm.Eval.Training;

/// <summary>Sees what a layer attends with.</summary>
public delegate void AttentionObserver(int layer, IReadOnlyList<Tensor> queries, IReadOnlyList<Tensor> keys);

/// <summary>
/// LLaMA over whole sequences with gradients. Many questions follow one common beginning (system text and picture): each
/// sees the beginning and itself only, so the beginning is computed once. The numbers are those of
/// <see cref="Llama"/> (see the tests), which has no gradients.
/// </summary>
/// <param name="parameters">Holds <c>language_model.*</c>.</param>
/// <param name="config">Sizes.</param>
public sealed class TeacherForcedLlama(ParameterSet parameters, TextConfig config)
{
    private const string Model = "language_model.model";

    /// <summary>Rows of one layer's input: the common beginning, then the questions of each group.</summary>
    private sealed record Layout(long Prefix, (long Questions, long Length)[] Groups)
    {
        public long Total => Prefix + Groups.Sum(group => group.Questions * group.Length);

        // A question's positions go on where the beginning ends.
        public long[] Positions =>
        [
            .. LongRange(Prefix),
            .. Groups.SelectMany(group => Enumerable.Range(0, (int)(group.Questions * group.Length)).Select(i => Prefix + (i % group.Length))),
        ];

        private static IEnumerable<long> LongRange(long count) => Enumerable.Range(0, (int)count).Select(i => (long)i);
    }

    /// <summary>Token ids [...] -> embeddings [..., C].</summary>
    public Tensor Embed(Tensor ids) => parameters[$"{Model}.embed_tokens.weight"]
        .index_select(0, ids.reshape(-1)).reshape([.. ids.shape, config.HiddenSize]);

    /// <summary>Hidden rows [R, C] -> logits [R, V].</summary>
    public Tensor Logits(Tensor hidden) => nn.functional.linear(hidden, parameters["language_model.lm_head.weight"]);

    /// <summary>Runs beginning and questions.</summary>
    /// <param name="prefix">[B, P, C].</param>
    /// <param name="questions">Groups of [B, Q, L, C].</param>
    /// <param name="observe">Told each layer's number, rotated queries and keys, [B, H, rows, D] per part: the beginning,
    /// then each group.</param>
    /// <returns>Hidden states after the last norm, per group [B · Q · L, C].</returns>
    public IReadOnlyList<Tensor> Forward(Tensor prefix, IReadOnlyList<Tensor> questions, AttentionObserver? observe = null)
    {
        long batch = prefix.shape[0];
        Layout layout = new(prefix.shape[1], [.. questions.Select(q => (q.shape[1], q.shape[2]))]);
        Tensor x = cat([prefix, .. questions.Select(q => q.reshape(batch, -1, config.HiddenSize))], 1); // [B, T, C]
        using RotaryEmbedding rotary = new(config.HeadDim, config.RopeTheta, prefix.dtype, prefix.device);
        var (cos, sin) = rotary.Forward(layout.Positions);
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            int layer = i;
            x = Layer(x, $"{Model}.layers.{i}", layout, cos, sin, (queries, keys) => observe?.Invoke(layer, queries, keys));
        }

        Tensor hidden = Norm(x, $"{Model}.norm");
        return [.. Split(hidden, layout, 1).Skip(1).Select(part => part.reshape(-1, config.HiddenSize))];
    }

    private Tensor Layer(
        Tensor x, string path, Layout layout, Tensor cos, Tensor sin, Action<Tensor[], Tensor[]> observe)
    {
        x += Attention(Norm(x, $"{path}.input_layernorm"), $"{path}.self_attn", layout, cos, sin, observe);
        Tensor hidden = Norm(x, $"{path}.post_attention_layernorm");
        Tensor gated = Kernels.Default.SiluMul(Project(hidden, $"{path}.mlp.gate_proj"), Project(hidden, $"{path}.mlp.up_proj"));
        return x + Project(gated, $"{path}.mlp.down_proj");
    }

    private Tensor Attention(
        Tensor x, string path, Layout layout, Tensor cos, Tensor sin, Action<Tensor[], Tensor[]> observe)
    {
        long groups = config.NumAttentionHeads / config.NumKeyValueHeads;
        Tensor q = Rotate(Heads(Project(x, $"{path}.q_proj")), cos, sin) * Math.Pow(config.HeadDim, -0.5);
        Tensor k = Rotate(Heads(Project(x, $"{path}.k_proj")), cos, sin).repeat_interleave(groups, 1);
        Tensor v = Heads(Project(x, $"{path}.v_proj")).repeat_interleave(groups, 1);
        Tensor[] qs = Split(q, layout, 2), ks = Split(k, layout, 2), vs = Split(v, layout, 2); // [B, H, rows, D]
        observe(qs, ks);
        List<Tensor> parts = [(qs[0].matmul(ks[0].transpose(-2, -1)) + Causal(layout.Prefix)).softmax(-1).matmul(vs[0])];
        for (int i = 1; i < qs.Length; i++)
        {
            parts.Add(Question(qs[i], ks[i], vs[i], ks[0], vs[0], layout.Groups[i - 1]));
        }

        Tensor attended = cat(parts, 2).transpose(1, 2); // [B, T, H, D]
        return Project(attended.reshape(x.shape[0], x.shape[1], -1), $"{path}.o_proj");
    }

    // Each question sees the whole beginning and, causally, itself: one softmax over both.
    private static Tensor Question(
        Tensor q, Tensor k, Tensor v, Tensor prefixKeys, Tensor prefixValues, (long Questions, long Length) group)
    {
        long[] own = [q.shape[0], q.shape[1], group.Questions, group.Length, q.shape[3]];
        long[] flat = q.shape;
        long prefix = prefixKeys.shape[2];
        Tensor far = q.matmul(prefixKeys.transpose(-2, -1)).reshape(own[0], own[1], own[2], own[3], prefix);
        Tensor near = q.reshape(own).matmul(k.reshape(own).transpose(-2, -1)) + Causal(group.Length);
        Tensor weights = cat([far, near], -1).softmax(-1); // [B, H, Q, L, P + L]
        Tensor fromFar = weights.narrow(-1, 0, prefix).reshape(flat[0], flat[1], flat[2], prefix).matmul(prefixValues);
        Tensor fromNear = weights.narrow(-1, prefix, group.Length).matmul(v.reshape(own)).reshape(flat);
        return fromFar + fromNear;
    }

    private static Tensor[] Split(Tensor x, Layout layout, int axis) => split(
        x, [layout.Prefix, .. layout.Groups.Select(group => group.Questions * group.Length)], axis);

    // [B, T, heads · D] -> [B, heads, T, D]
    private Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], -1, config.HeadDim).transpose(1, 2);

    private static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        long half = x.shape[3] / 2;
        Tensor turned = cat([x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)], -1);
        return (x * cos) + (turned * sin);
    }

    private static Tensor Causal(long length) => full([length, length], float.NegativeInfinity).triu(1);

    private Tensor Norm(Tensor x, string path) => Kernels.Default.RmsNorm(x, parameters[$"{path}.weight"], config.RmsNormEps);

    private Tensor Project(Tensor x, string path) => nn.functional.linear(x, parameters[$"{path}.weight"]);
}
