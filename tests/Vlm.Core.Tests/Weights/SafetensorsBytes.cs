using System.Buffers.Binary;
using System.Text;

namespace Vlm.Core.Tests.Weights;

/// <summary>Builds safetensors files by hand, valid or not.</summary>
internal static class SafetensorsBytes
{
    /// <summary>Length, header text and data; the length may lie.</summary>
    public static byte[] File(string header, int dataLength, ulong? headerLength = null)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] file = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(file, headerLength ?? (ulong)json.Length);
        json.CopyTo(file, 8);
        for (int i = 0; i < dataLength; i++)
        {
            file[8 + json.Length + i] = (byte)i;
        }

        return file;
    }
}
