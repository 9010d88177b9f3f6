using System.Text;
using System.Text.Json.Nodes;

namespace Vlm.Api.Tests.Faults;

/// <summary>Sound bodies made wrong, by structure or byte by byte; the same seed makes the same ones.</summary>
internal sealed class BodyMutator(int seed)
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1e999", "-0.0", "1.5", "2147483648", "18446744073709551616", "\"\"", "\"a\"", "\"none\"",
        "\"pitome:0.9\"", "\"tome/paper:0.5\"", "\"pitome:2\"", "\"auto\"", "\"AAAA\"", "\"%\"", "\"http://127.0.0.1/a.png\"",
        "\"\\u0000\"", "\"\\ud83d\\ude42\"", "\"<image></s>\"", "[]", "[null]", "[[]]", "{}", "{\"type\": \"text\"}",
        "{\"method\": \"pitome\", \"ratio\": 0.9}", "{\"url\": \"data:,\"}", "[\"a\", \"b\"]", "[1, 2]",
    ];

    private static readonly string[] Fragments =
        ["{", "}", "[", "]", ",", ":", "\"", "\\u", "\\", "null", "1e5", "\u00ff", "\ud83d\ude42", "\0", "--x\r\n", "\r\n\r\n", "Content-Disposition: form-data; name=\"image\"\r\n"];

    private readonly Random _random = new(seed);

    /// <summary>The same body with one to four values replaced, removed, renamed or given twice.</summary>
    public byte[] ByStructure(JsonNode body)
    {
        JsonNode changed = body.DeepClone();
        for (int i = _random.Next(1, 5); i > 0; i--)
        {
            Change(changed);
        }

        return Encoding.UTF8.GetBytes(changed.ToJsonString());
    }

    /// <summary>The same bytes with one to six of them flipped, removed, repeated, or something put in between.</summary>
    public byte[] ByByte(byte[] body)
    {
        List<byte> bytes = [.. body];
        for (int i = _random.Next(1, 7); i > 0 && bytes.Count > 0; i--)
        {
            int at = _random.Next(bytes.Count);
            int count = Math.Min(_random.Next(1, 40), bytes.Count - at);
            switch (_random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, count);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, count));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(One(Fragments)));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>One of several.</summary>
    public T One<T>(IReadOnlyList<T> among) => among[_random.Next(among.Count)];

    /// <summary>Whether something happens that happens in so many of a hundred cases.</summary>
    public bool Happens(int percent) => _random.Next(100) < percent;

    private void Change(JsonNode root)
    {
        JsonNode[] inner = [.. Descendants(root).Where(n => n is JsonObject { Count: > 0 } or JsonArray { Count: > 0 })];
        switch (inner.Length == 0 ? root : One(inner))
        {
            case JsonObject fields when fields.Count > 0:
                Change(fields);
                break;
            case JsonArray items when items.Count > 0:
                items[_random.Next(items.Count)] = JsonNode.Parse(One(Values));
                break;
        }
    }

    private void Change(JsonObject fields)
    {
        string name = fields.ElementAt(_random.Next(fields.Count)).Key;
        JsonNode? value = fields[name]?.DeepClone();
        switch (_random.Next(4))
        {
            case 0:
                fields.Remove(name);
                break;
            case 1:
                fields.Remove(name);
                fields[name + "s"] = value;
                break;
            case 2:
                fields[name] = new JsonArray(value, value?.DeepClone());
                break;
            default:
                fields[name] = JsonNode.Parse(One(Values));
                break;
        }
    }

    private static IEnumerable<JsonNode> Descendants(JsonNode node) => (node switch
    {
        JsonObject fields => fields.Select(f => f.Value),
        JsonArray items => items,
        _ => [],
    }).OfType<JsonNode>().SelectMany(Descendants).Prepend(node);
}
