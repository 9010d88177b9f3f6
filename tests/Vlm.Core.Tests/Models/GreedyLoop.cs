using Vlm.Core.Engine;
using Vlm.Core.Models;
using static TorchSharp.torch;

namespace Vlm.Core.Tests.Models;

/// <summary>The plainest decoding: one sequence, arg-max, no stop.</summary>
internal static class GreedyLoop
{
    private const int BlockSize = 16;

    // Rows above are random in checkpoints with added tokens.
    private const int TrainedVocabulary = 32000;

    /// <summary>Logits [V] before the first new token, and so many new ids.</summary>
    public static (Tensor FirstLogits, int[] Ids) Decode(Llava model, Tensor embeddings, int newTokens)
    {
        using var scope = NewDisposeScope();
        var blocks = ((embeddings.shape[0] + newTokens) / BlockSize) + 1;
        using var cache = new KvCache(model.Config.Text, blocks, BlockSize, model.CacheDType, model.Device);
        var sequence = new PagedSequences(cache, count: 1);
        Tensor? first = null;
        var ids = new int[newTokens];
        for (var i = 0; i < newTokens; i++)
        {
            var tokens = (int)embeddings.shape[0];
            var hidden = model.Language.Forward(embeddings, sequence.Append((0, tokens)), cache);
            var logits = model.Language.Logits(hidden.narrow(0, tokens - 1, 1)).select(0, 0); // [V]
            first ??= logits;
            ids[i] = (int)logits.narrow(0, 0, TrainedVocabulary).argmax(0).item<long>();
            embeddings = model.Language.EmbedTokens(tensor(new long[] { ids[i] }));
        }

        return (first!.MoveToOuterDisposeScope(), ids);
    }

    /// <summary>Prompt ids, one 32000 per picture, and the pictures' vectors [N, C] -> embeddings [T, C].</summary>
    public static Tensor Embed(Llava model, IReadOnlyList<int> promptIds, IReadOnlyList<Tensor> pictures)
    {
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        var nextPicture = 0;
        foreach (var id in promptIds)
        {
            parts.Add(id == TrainedVocabulary
                ? pictures[nextPicture++]
                : model.Language.EmbedTokens(tensor(new long[] { id })));
        }

        Assert.Equal(pictures.Count, nextPicture);
        return cat([.. parts], 0).MoveToOuterDisposeScope();
    }
}
