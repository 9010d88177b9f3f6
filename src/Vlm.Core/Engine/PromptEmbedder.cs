using Vlm.Core.Models;
using static TorchSharp.torch;

namespace Vlm.Core.Engine;

/// <summary>Token ids and pictures to the rows of one step: text by table, each picture's rows by its vectors as they
/// left the projector (llava.md 8), wherever a chunk boundary cuts them.</summary>
internal sealed class PromptEmbedder(Llama language, PictureEncoder pictures, Device device)
{
    /// <summary>Chunks of T tokens in all -> embeddings [T, C].</summary>
    public Tensor Embed(IReadOnlyList<Chunk> chunks)
    {
        long[] ids = [.. chunks.SelectMany(Ids)];
        var embeddings = language.EmbedTokens(tensor(ids).to(device)); // [T, C]
        long row = 0;
        foreach (var chunk in chunks)
        {
            CopyPictures(chunk, embeddings.narrow(0, row, chunk.Count));
            row += chunk.Count;
        }

        return embeddings;
    }

    // A placeholder's row is overwritten afterwards, so any id of the table will do.
    private static IEnumerable<long> Ids(Chunk chunk)
    {
        for (var position = chunk.Start; position < chunk.End; position++)
        {
            yield return Math.Max(0, chunk.Sequence.Tokens[position]);
        }
    }

    // rows [Count, C], written in place
    private void CopyPictures(Chunk chunk, Tensor rows)
    {
        foreach (var span in chunk.Sequence.Group.Prompt.Pictures)
        {
            var start = Math.Max(span.Start, chunk.Start);
            var count = Math.Min(span.End, chunk.End) - start;
            if (count > 0)
            {
                rows.narrow(0, start - chunk.Start, count).copy_(
                    pictures[span.Key].narrow(0, start - span.Start, count));
            }
        }
    }
}
