using System.Runtime.InteropServices;

namespace Vlm.Torch.Media;

/// <summary>The text half of libvlmmedia.so, in the order of vlmmedia_text.h.</summary>
internal static unsafe partial class SentencePieceNative
{
    private const string Library = "vlmmedia";

    [LibraryImport(Library)]
    internal static partial int vm_sp_load(ReadOnlySpan<byte> bytes, long length, out IntPtr model);

    [LibraryImport(Library)]
    internal static partial void vm_sp_free(IntPtr model);

    [LibraryImport(Library)]
    internal static partial int vm_sp_size(SentencePieceHandle model, out long size);

    [LibraryImport(Library)]
    internal static partial int vm_sp_piece(
        SentencePieceHandle model, long id, out byte* text, out long length, out float score, out long type);

    [LibraryImport(Library)]
    internal static partial int vm_sp_encode(
        SentencePieceHandle model, ReadOnlySpan<byte> text, long length, byte prefix, Span<int> ids, long capacity,
        out long count);

    [LibraryImport(Library)]
    private static partial byte* vm_last_error();

    /// <summary>Text of the last failure on this thread.</summary>
    internal static string LastError() => Marshal.PtrToStringUTF8((IntPtr)vm_last_error()) ?? "";
}
