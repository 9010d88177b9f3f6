using System.Text.Json;
using Vlm.Torch.Media;

namespace Vlm.Core.Tests.Text;

/// <summary>Writes the <c>tokenizer.json</c> that Hugging Face's converter makes of a SentencePiece model.</summary>
internal static class TokenizerJsonFixture
{
    public static readonly object PrependAndReplace = new
    {
        type = "Sequence",
        normalizers = new object[]
        {
            new { type = "Prepend", prepend = "\u2581" },
            new { type = "Replace", pattern = new { String = " " }, content = "\u2581" },
        },
    };

    public static object Metaspace(string? scheme, bool split = false) =>
        new { type = "Metaspace", replacement = "\u2581", prepend_scheme = scheme, split };

    /// <summary>A new folder that holds only the <c>tokenizer.json</c> of this repository's vocabulary.</summary>
    public static string OwnFolder(
        object? normalizer, object? preTokenizer, bool mergesAsText = false, params string[] added)
    {
        using SentencePieceModel model = TextFixtures.OwnModel();
        string[] pieces = [.. Enumerable.Range(0, model.Size).Select(model.Piece)];
        (string Left, string Right)[] merges = [.. Merges(model, pieces)];
        return Write(new
        {
            added_tokens = pieces[..3].Concat(added).Select((content, index) =>
                new { id = index < 3 ? index : pieces.Length + index - 3, content, special = true }),
            normalizer,
            pre_tokenizer = preTokenizer,
            model = new
            {
                type = "BPE",
                unk_token = "<unk>",
                byte_fallback = true,
                vocab = pieces.Select((piece, id) => (piece, id)).ToDictionary(entry => entry.piece, entry => entry.id),
                merges = merges.Select(merge =>
                    mergesAsText ? (object)$"{merge.Left} {merge.Right}" : new[] { merge.Left, merge.Right }),
            },
        });
    }

    /// <summary>The folder with llava-hf's normaliser.</summary>
    public static string OwnFolder() => OwnFolder(PrependAndReplace, preTokenizer: null);

    /// <summary>A new folder with this object as its <c>tokenizer.json</c>.</summary>
    public static string Write(object content)
    {
        string folder = TextFixtures.NewFolder();
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), JsonSerializer.Serialize(content));
        return folder;
    }

    private static IEnumerable<(string Left, string Right)> Merges(SentencePieceModel model, string[] pieces)
    {
        HashSet<string> known = [.. pieces];
        return
            from id in Enumerable.Range(0, pieces.Length)
            where model.Type(id) == SentencePieceType.Normal
            orderby model.Score(id) descending
            from cut in Enumerable.Range(1, pieces[id].Length - 1)
            where known.Contains(pieces[id][..cut]) && known.Contains(pieces[id][cut..])
            select (pieces[id][..cut], pieces[id][cut..]);
    }
}
