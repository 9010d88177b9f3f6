using System.Buffers.Binary;
using System.Text.Json;

namespace Vlm.Core.Weights;

/// <summary>A tensor that will be written.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="DType">Element type; whole bytes per tensor.</param>
/// <param name="Shape">Row-major shape.</param>
public sealed record TensorPlan(string Name, TensorDType DType, IReadOnlyList<long> Shape)
{
    /// <summary>Bytes of the tensor.</summary>
    public long Length => checked(TensorShape.Count(Shape) * DType.Bits()) / 8;
}

/// <summary>Writes exactly <see cref="TensorPlan.Length"/> little-endian bytes of a tensor.</summary>
public delegate void TensorFill(TensorPlan tensor, Stream output);

/// <summary>
/// Streams a safetensors file: widest types first, then by name, so that the same content gives the same bytes
/// (llava.md 10.4). The header is padded to a cache line, where the data begins: read in place, a vector of weights then
/// lies in one line. The file appears under its name only when it is complete.
/// </summary>
public static class SafetensorsWriter
{
    private const int BufferBytes = 1 << 20;
    private const int DataAlignment = 64; // bytes

    /// <summary>Writes one file; no tensor is held in memory.</summary>
    /// <param name="path">File to create or replace.</param>
    /// <param name="tensors">What to write, in any order.</param>
    /// <param name="fill">Called once per tensor, in the order of the file.</param>
    /// <exception cref="ArgumentException">Two tensors have the same name.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="fill"/> wrote another number of bytes than the shape
    /// asks for.</exception>
    public static void Write(string path, IReadOnlyList<TensorPlan> tensors, TensorFill fill)
    {
        TensorPlan[] ordered =
            [.. tensors.OrderByDescending(t => t.DType.Bits()).ThenBy(t => t.Name, StringComparer.Ordinal)];
        string partial = path + ".partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None, BufferBytes))
            {
                stream.Write(Header(ordered));
                foreach (TensorPlan tensor in ordered)
                {
                    Write(stream, tensor, fill);
                }
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private static void Write(FileStream stream, TensorPlan tensor, TensorFill fill)
    {
        long start = stream.Position;
        fill(tensor, stream);
        long written = stream.Position - start;
        if (written != tensor.Length)
        {
            throw new InvalidOperationException(
                $"{tensor.Name}: expected {tensor.Length} bytes to be written, found {written}.");
        }
    }

    /// <summary>Length and padded JSON.</summary>
    private static byte[] Header(TensorPlan[] tensors)
    {
        if (tensors.GroupBy(t => t.Name).FirstOrDefault(group => group.Count() > 1) is { } repeated)
        {
            throw new ArgumentException(
                $"{repeated.Key}: expected each tensor once, found {repeated.Count()}.", nameof(tensors));
        }

        using var stream = new MemoryStream();
        stream.Write(new byte[SafetensorsHeader.LengthBytes]);
        using (var json = new Utf8JsonWriter(stream))
        {
            WriteJson(json, tensors);
        }

        while (stream.Length % DataAlignment != 0)
        {
            stream.WriteByte((byte)' ');
        }

        byte[] header = stream.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, header.Length - SafetensorsHeader.LengthBytes);
        return header;
    }

    private static void WriteJson(Utf8JsonWriter json, TensorPlan[] tensors)
    {
        json.WriteStartObject();
        json.WriteStartObject("__metadata__");
        json.WriteString("format", "pt");
        json.WriteEndObject();
        long end = 0;
        foreach (TensorPlan tensor in tensors)
        {
            long begin = end;
            end = checked(end + tensor.Length);
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.DType.Name());
            WriteNumbers(json, "shape", tensor.Shape);
            WriteNumbers(json, "data_offsets", [begin, end]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> values)
    {
        json.WriteStartArray(name);
        foreach (long value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
