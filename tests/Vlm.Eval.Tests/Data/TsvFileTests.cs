using System.Text;
using Vlm.Eval.Data;
using Vlm.Eval.Tests.Benchmarks;

namespace Vlm.Eval.Tests.Data;

public sealed class TsvFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_QuotedFields_AreUnquoted()
    {
        string path = _folder.Write("a.tsv", "index\ttext\r\n1\t\"a \"\"b\"\"\tc\nd\"\r\n\n2\tsay \"x\"\n");

        Assert.Equal(["a \"b\"\tc\nd", "say \"x\""], TsvFile.Read(path, "index", "text").Select(row => row.Text("text")));
    }

    [Fact]
    public void Read_LinesThatEndInCarriageReturns_AreRows()
    {
        string path = _folder.Write("a.tsv", "index\ttext\r1\ta\r\r2\tb\r\n3\tc");

        Assert.Equal(["1a", "2b", "3c"], TsvFile.Read(path).Select(row => row.Text("index") + row.Text("text")));
    }

    [Theory]
    [InlineData("nan", null)]
    [InlineData("N/A", null)]
    [InlineData("\"None\"", null)]
    [InlineData("", null)]
    [InlineData("none", "none")] // pandas knows only some spellings
    [InlineData("nan ", "nan ")]
    public void Optional_Field_IsMissingWherePandasSaysSo(string field, string? expected)
    {
        string path = _folder.Write("a.tsv", $"index\ttext\n1\t{field}\n");

        Assert.Equal(expected, TsvFile.Read(path).Single().Optional("text"));
    }

    [Theory]
    [InlineData("index\n1\n", "line 1: expected a column text, found index.")]
    [InlineData("index\ttext\n1\n", "line 2: expected 2 fields, found 1.")]
    [InlineData("index\ttext\nx\ty\n", "line 2: index: expected an integer, found x.")]
    [InlineData("index\ttext\n1\t\"open\n", "line 2: expected a closing quote, found the end of the file.")]
    [InlineData("", ": expected a header line, found an empty file.")]
    public void Read_BadFile_NamesLineAndColumn(string content, string message)
    {
        string path = _folder.Write("a.tsv", content);

        InvalidDataException error = Assert.Throws<InvalidDataException>(() => TsvFile.Read(path, "index", "text").Sum(row => row.Number("index")));

        Assert.Equal(path + (message[0] == ':' ? "" : " ") + message, error.Message);
    }

    [Fact]
    public void Read_NotUtf8_NamesLineAndColumn()
    {
        string path = _folder.At("latin.tsv");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes("index\ttext\n1\t\"a\nb\"\n2\tcaf\u00e9\n"));

        Assert.Equal($"{path} line 4: text: expected UTF-8, found other bytes.", Assert.Throws<InvalidDataException>(() => TsvFile.Read(path).Count()).Message);
    }
}
