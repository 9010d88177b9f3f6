using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Vlm.Core.Engine;

/// <summary>Names for the whole blocks of a prompt: each is a hash over everything up to the block's end, so equal names mean equal keys
/// and values.</summary>
internal static class BlockContents
{
    /// <summary>Half a SHA-256 per block; the prompt's last token is never inside one, since it has to run for the next
    /// token.</summary>
    /// <param name="prompt">Ids, and where the pictures are.</param>
    /// <param name="blockSize">Tokens per block.</param>
    /// <param name="tenant">Whose prompt it is: nobody finds another's blocks, not even by their timing.</param>
    public static IReadOnlyList<UInt128> Of(PromptLayout prompt, int blockSize, string tenant)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(tenant));
        var names = new UInt128[(prompt.Tokens.Count - 1) / blockSize];
        for (var i = 0; i < names.Length; i++)
        {
            Append(hash, prompt, i * blockSize, blockSize);
            names[i] = BinaryPrimitives.ReadUInt128LittleEndian(hash.GetCurrentHash());
        }

        return names;
    }

    private static void Append(IncrementalHash hash, PromptLayout prompt, int start, int count)
    {
        Span<byte> id = stackalloc byte[sizeof(int)];
        for (var position = start; position < start + count; position++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(id, prompt.Tokens[position]);
            hash.AppendData(id);
        }

        foreach (var span in prompt.Pictures.Where(span => span.Start < start + count && span.End > start))
        {
            BinaryPrimitives.WriteInt32LittleEndian(id, span.Start);
            hash.AppendData(id);
            hash.AppendData(Encoding.UTF8.GetBytes($"{span.Key.ContentKey} {span.Key.Merge} {span.Length};"));
        }
    }
}
