using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Vlm.Eval.Benchmarks;

namespace Vlm.Eval.Runs;

/// <summary>One of the parts that a benchmark is divided into; questions about one picture stay together.</summary>
/// <param name="Index">From 1.</param>
/// <param name="Count">How many parts.</param>
public sealed record Shard(int Index, int Count)
{
    /// <summary>The whole.</summary>
    public static Shard Whole { get; } = new(1, 1);

    /// <summary>Reads <c>3/16</c>.</summary>
    /// <exception cref="ArgumentException">Another shape or an index outside the count.</exception>
    public static Shard Parse(string text) =>
        text.Split('/') is [var left, var right] && Number(left) is { } index && Number(right) is { } count && index >= 1 && index <= count
            ? new Shard(index, count)
            : throw new ArgumentException($"shard: expected i/n with i from 1 to n, such as 3/16, found '{text}'.");

    /// <summary>Whether a question belongs to this part: the same on every machine.</summary>
    public bool Takes(Question question)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(question.Picture?.Name ?? question.Key));
        return BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Count == (ulong)(Index - 1);
    }

    /// <summary>Part of file names: empty for the whole, else <c>-3-of-16</c>.</summary>
    public string Suffix => Count == 1 ? "" : $"-{Index}-of-{Count}";

    public override string ToString() => $"{Index}/{Count}";

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
