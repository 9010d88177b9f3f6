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

    [Fact]
    public void Text_NotUtf8_IsRefused()
    {
        string path = _folder.At("latin.json");
        File.WriteAllBytes(path, [.. "[{\"a\": \""u8, 0xE9, .. "\"}]"u8]);
        string lines = _folder.At("latin.jsonl");
        File.WriteAllBytes(lines, Encoding.Latin1.GetBytes("{\"a\": \"caf\u00e9\"}\n"));

        Assert.Equal(
            $"{path} line 1: a: expected UTF-8, found other bytes.",
            Assert.Throws<InvalidDataException>(() => JsonRecords.Array(path).Single().Text("a")).Message);
        Assert.Equal(
            $"{lines} at or soon after line 1: expected UTF-8, found other bytes.",
            Assert.Throws<InvalidDataException>(() => JsonRecords.Lines(lines).Count()).Message);
    }
}
