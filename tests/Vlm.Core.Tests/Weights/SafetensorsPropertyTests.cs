using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Vlm.Core.Weights;

namespace Vlm.Core.Tests.Weights;

public sealed class SafetensorsPropertyTests
{
    // Sub-byte types need element counts that fill bytes; the header tests cover them.
    private static readonly TensorDType[] WholeByteTypes =
        [.. Enum.GetValues<TensorDType>().Where(t => t.Bits() % 8 == 0)];

    private static readonly Gen<(string Name, TensorDType DType, long[] Shape)> Tensor =
        from name in ArbMap.Default.GeneratorFor<NonNull<string>>()
        from dtype in Gen.Elements(WholeByteTypes)
        from shape in Gen.ListOf(Gen.Choose(0, 4).Select(i => (long)i))
        select (ValidText(name.Get), dtype, shape.Take(4).ToArray());

    private static readonly Arbitrary<List<(string Name, TensorDType DType, long[] Shape)>> Tensors =
        Gen.ListOf(Tensor)
            .Select(list => list.DistinctBy(t => t.Name).Where(t => t.Name != "__metadata__").ToList())
            .ToArbitrary();

    private static readonly Arbitrary<(int At, byte Value)[]> Mutations =
        Gen.ArrayOf(Gen.Choose(0, 400).SelectMany(at => Gen.Choose(0, 255).Select(value => (at, (byte)value))))
            .ToArbitrary();

    [Fact]
    public void Parse_RandomValidFile_GivesBackEveryTensor() =>
        Prop.ForAll(Tensors, tensors =>
        {
            var parsed = SafetensorsHeaderTests.Parse(Write(tensors));

            Assert.Equal(tensors.Count, parsed.Entries.Count);
            Assert.All(tensors, tensor =>
            {
                TensorEntry entry = parsed.Entries[tensor.Name];
                Assert.Equal(tensor.DType, entry.DType);
                Assert.Equal(tensor.Shape, entry.Shape);
            });
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Parse_RandomlyMutatedFile_ParsesOrThrowsInvalidData() =>
        Prop.ForAll(Tensors, Mutations, (tensors, mutations) =>
        {
            byte[] file = Write(tensors);
            foreach (var (at, value) in mutations)
            {
                file[at % file.Length] = value;
            }

            try
            {
                SafetensorsHeaderTests.Parse(file);
            }
            catch (InvalidDataException error)
            {
                Assert.NotNull(error.SafetensorsReason());
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Parse_RandomBytes_ThrowsInvalidData() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            byte[] file = [.. BitConverter.GetBytes((ulong)bytes.Length + 1), (byte)'{', .. bytes];
            if (IsEmptyObject(bytes))
            {
                Assert.Empty(SafetensorsHeaderTests.Parse(file).Entries);
                return;
            }

            Assert.Throws<InvalidDataException>(() => SafetensorsHeaderTests.Parse(file));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    // What chance may write after the brace: "{}" with white space is a file without tensors.
    private static bool IsEmptyObject(byte[] bytes) => Encoding.Latin1.GetString(bytes).Trim(' ', '\t', '\r', '\n') == "}";

    private static byte[] Write(List<(string Name, TensorDType DType, long[] Shape)> tensors)
    {
        Dictionary<string, object> header = new() { ["__metadata__"] = new { format = "pt" } };
        long end = 0;
        foreach (var (name, dtype, shape) in tensors)
        {
            long begin = end;
            end += TensorShape.Count(shape) * dtype.Bits() / 8;
            header.Add(name, new { dtype = dtype.Name(), shape, data_offsets = new[] { begin, end } });
        }

        return SafetensorsBytes.File(JsonSerializer.Serialize(header), (int)end);
    }

    // Half surrogates cannot be written as UTF-8.
    private static string ValidText(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
