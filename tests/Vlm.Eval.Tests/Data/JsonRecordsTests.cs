using System.Text;
using Vlm.Eval.Data;
using Vlm.Eval.Tests.Benchmarks;

namespace Vlm.Eval.Tests.Data;

public sealed class JsonRecordsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Array_FileLargerThanTheBuffer_GivesEveryRecordInOrder()
    {
        // Values on both sides of the 64 KiB buffer, and one larger than it, behind a property to be passed over.
        string[] texts = [.. Enumerable.Range(0, 3000).Select(i => new string('x', i == 1500 ? 300_000 : i % 97) + i)];
        string path = _folder.Write(
            "big.json", $"{{\"info\": {{\"a\": [1, \"{new string('y', 100_000)}\"]}}, \"data\": [{string.Join(",\n", texts.Select(t => $"{{\"t\": \"{t}\"}}"))}]}}");

        Assert.Equal(texts, JsonRecords.Array(path, "data").Select(record => record.Text("t")));
    }

    [Fact]
    public void Map_Records_HaveTheirNames()
    {
        string path = _folder.Write("map.json", "\uFEFF{\"7\": {\"a\": 1}, \"8\": {\"a\": 2}}");

        Assert.Equal([("7", 1L), ("8", 2L)], JsonRecords.Map(path).Select(record => (record.Key, record.Number("a"))));
    }

    [Fact]
    public void Field_Missing_NamesFileLineAndField()
    {
        string path = _folder.Write("list.json", "[\n{\"a\": 1},\n{\"b\": 1}\n]");

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => JsonRecords.Array(path).Sum(record => record.Number("a")));

        Assert.Equal($"{path} line 3: a: expected a value, found none.", error.Message);
    }

    [Theory]
    [InlineData("{\"data\": [{\"a\": 1}", "line 1: expected ")] // ends early
    [InlineData("{\"data\": [{\"a\": }]}", "line 1: expected JSON, found: ")]
    [InlineData("{\"date\": []}", "expected a field data, found none.")]
    [InlineData("{\"data\": {}}", "expected an array as data, found StartObject.")]
    [InlineData("[]", "expected an object, found StartArray.")]
    [InlineData("{\"data\": [7]}", "record: expected an object, found 7.")]
    public void Array_WrongShape_IsRefused(string content, string message)
    {
        string path = _folder.Write("bad.json", content);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => JsonRecords.Array(path, "data").Count());

        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"id\": 1, \"text\": \"caf\u00e9\"}", "text: ")]
    [InlineData("{\"id\": 1, \"metadata\": {\"a\": [\"\u00ff\"]}}", "metadata: ")]
    [InlineData("{\"\u00e9\": 1}", "")]
    [InlineData("{\"text\": \"\u00e9", "")]
    [InlineData("\u00e9", "")]
    public void Lines_NotUtf8_NamesLineAndField(string bytes, string field)
    {
        string path = _folder.At("latin.jsonl");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes($"{{\"id\": 0}}\n\n{bytes}\n{{\"id\": 2}}\n"));

        Assert.Equal(
            $"{path} line 3: {field}expected UTF-8, found other bytes.",
            Assert.Throws<InvalidDataException>(() => JsonRecords.Lines(path).Count()).Message);
    }

    [Fact]
    public void Lines_Utf8_IsDecoded()
    {
        string path = _folder.Write("utf8.jsonl", "\uFEFF{\"a\": \"caf\u00e9 \u732b \U0001F600\u0085\"}\r\n{\"a\": \"\u00ef\u00bb\u00bf\"}");

        Assert.Equal(["caf\u00e9 \u732b \U0001F600\u0085", "\u00ef\u00bb\u00bf"], JsonRecords.Lines(path).Select(record => record.Text("a")));
    }

    [Fact]
    public void Text_NotUtf8_IsRefused()
    {
        string path = _folder.At("latin.json");
        File.WriteAllBytes(path, [.. "[{\"a\": \""u8, 0xE9, .. "\"}]"u8]);

        Assert.Equal(
            $"{path} line 1: a: expected UTF-8, found other bytes.",
            Assert.Throws<InvalidDataException>(() => JsonRecords.Array(path).Single().Text("a")).Message);
    }
}
