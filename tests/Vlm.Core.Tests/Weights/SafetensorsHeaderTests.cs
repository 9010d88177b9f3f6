using System.Text.Json;
using Vlm.Core.Weights;
using Vlm.Testing;

namespace Vlm.Core.Tests.Weights;

public sealed class SafetensorsHeaderTests
{
    private const string File = "x.safetensors";

    [SkippableFact]
    public void Open_GoldenBadFiles_GiveTheDocumentedReason()
    {
        string folder = Golden.Folder("bad");
        using var index = JsonDocument.Parse(System.IO.File.ReadAllText(Path.Combine(folder, "index.json")));
        foreach (var row in index.RootElement.GetProperty("safetensors").EnumerateObject())
        {
            string path = Path.Combine(folder, "safetensors", row.Name);
            string expected = row.Value.GetString()!;
            if (expected == "ok")
            {
                SafetensorsFile.Open(path).Dispose();
                continue;
            }

            var error = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(path));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.Contains(row.Name, error.Message, StringComparison.Ordinal);
            Assert.NotNull(error.SafetensorsReason());
        }
    }

    [Theory]
    [InlineData("", 0, null, SafetensorsError.InvalidStart)]
    [InlineData("[]", 0, null, SafetensorsError.InvalidStart)]
    [InlineData(" {}", 0, null, SafetensorsError.InvalidStart)]
    [InlineData("{}", 0, 100_000_001UL, SafetensorsError.HeaderTooLarge)]
    [InlineData("{}", 0, ulong.MaxValue, SafetensorsError.HeaderTooLarge)]
    [InlineData("{}", 0, 3UL, SafetensorsError.InvalidHeaderLength)]
    [InlineData("{}\0", 0, null, SafetensorsError.InvalidJson)]
    [InlineData("{} {}", 0, null, SafetensorsError.InvalidJson)]
    [InlineData("{\"a\":", 0, null, SafetensorsError.InvalidJson)]
    [InlineData("{\"\\ud800\":1}", 0, null, SafetensorsError.InvalidJson)]
    [InlineData("{\"__metadata__\":[]}", 0, null, SafetensorsError.MetadataNotString)]
    [InlineData("{\"__metadata__\":{\"a\":null}}", 0, null, SafetensorsError.MetadataNotString)]
    [InlineData("{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, null, SafetensorsError.DuplicateName)]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", 0, null, SafetensorsError.DuplicateName)]
    [InlineData("{\"a\":3}", 0, null, SafetensorsError.InvalidEntry)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, null, SafetensorsError.InvalidEntry)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, null, SafetensorsError.InvalidEntry)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, null, SafetensorsError.InvalidEntry)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4, null, SafetensorsError.InvalidEntry)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, null, SafetensorsError.DuplicateName)]
    [InlineData("{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, null, SafetensorsError.UnknownDType)]
    [InlineData("{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,2]}}", 2, null, SafetensorsError.MisalignedSubByte)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,4]}}", 4, null, SafetensorsError.SizeOverflow)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2, null, SafetensorsError.OffsetsGap)]
    [InlineData("{}", 1, null, SafetensorsError.TrailingBytes)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,9]}}", 8, null, SafetensorsError.Truncated)]
    public void Parse_BrokenRule_SaysWhich(
        string header, int dataLength, ulong? headerLength, SafetensorsError expected)
    {
        byte[] file = SafetensorsBytes.File(header, dataLength, headerLength);

        var error = Assert.Throws<InvalidDataException>(() => Parse(file));

        Assert.Equal(expected, error.SafetensorsReason());
    }

    [Fact]
    public void Parse_Overlap_SaysSubjectExpectedFoundAndFile()
    {
        const string header = """{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""";

        var error = Assert.Throws<InvalidDataException>(() => Parse(SafetensorsBytes.File(header, 6)));

        Assert.Equal("b: offsets overlap: expected begin 4, found 2 in x.safetensors.", error.Message);
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("{}     ", 0)]
    [InlineData("{\"s\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}}", 8)]
    [InlineData("{\"e\":{\"dtype\":\"F64\",\"shape\":[1099511627776,1099511627776,0],\"data_offsets\":[0,0]}}", 0)]
    [InlineData("{\"h\":{\"dtype\":\"F6_E2M3\",\"shape\":[4],\"data_offsets\":[0,3],\"extra\":{\"x\":[1]}}}", 3)]
    public void Parse_UnusualButValid_IsAccepted(string header, int dataLength)
    {
        var parsed = Parse(SafetensorsBytes.File(header, dataLength));

        Assert.Equal(dataLength, parsed.Entries.Values.Sum(entry => entry.Length));
    }

    [Fact]
    public void Parse_EveryDType_HasItsNameAndWidth()
    {
        foreach (TensorDType dtype in Enum.GetValues<TensorDType>())
        {
            string header = $"{{\"a\":{{\"dtype\":\"{dtype.Name()}\",\"shape\":[8],\"data_offsets\":[0,{dtype.Bits()}]}}}}";

            Assert.Equal(dtype, Parse(SafetensorsBytes.File(header, dtype.Bits())).Entries["a"].DType);
        }
    }

    internal static SafetensorsHeader Parse(byte[] file)
    {
        int length = SafetensorsHeader.ReadLength(file, file.Length, File);
        return SafetensorsHeader.Parse(file.AsSpan(8, length), file.Length, File);
    }
}
