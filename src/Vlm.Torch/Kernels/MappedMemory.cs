using System.Runtime.InteropServices;

namespace Vlm.Torch;

/// <summary>Wishes to the system for files that are mapped.</summary>
public static unsafe partial class MappedMemory
{
    /// <summary>MADV_HUGEPAGE of <c>madvise(2)</c>.</summary>
    private const int HugePage = 14;

    /// <summary>Asks for 2 MB pages, on which weights are read at the memory's speed. To be called before the first byte is read:
    /// what was mapped small stays small. Without effect where the system has none.</summary>
    /// <param name="address">Begin of the mapping.</param>
    /// <param name="bytes">Its length.</param>
    public static void WantHugePages(IntPtr address, long bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Advise((void*)address, (nuint)bytes, HugePage);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint bytes, int advice);
}
