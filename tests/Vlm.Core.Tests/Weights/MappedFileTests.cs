using System.Globalization;
using Vlm.Core.Weights;

namespace Vlm.Core.Tests.Weights;

public sealed class MappedFileTests
{
    [SkippableFact]
    public void Open_LinuxWithHugePages_AsksForThemForTheWholeFile()
    {
        Skip.IfNot(Directory.Exists("/sys/kernel/mm/transparent_hugepage"), "No huge pages in this system.");
        using var folder = new TempFolder();
        const int length = (3 << 20) + 5;
        File.WriteAllBytes(folder["weights"], new byte[length]);

        using MappedFile file = MappedFile.Open(folder["weights"]);

        // One area: where only tensors had asked, what lies between them split the mapping.
        (string range, string flags) = Assert.Single(Areas(folder["weights"]));
        Assert.Contains("hg", flags.Split(' '));
        string[] ends = range.Split('-');
        Assert.Equal(file.Address, nint.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Assert.True(nint.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - file.Address >= length);
    }

    /// <summary>Address ranges where a file is mapped, with their flags, from <c>/proc/self/smaps</c>.</summary>
    private static IEnumerable<(string Range, string Flags)> Areas(string path)
    {
        string? range = null;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            if (line.EndsWith(path, StringComparison.Ordinal))
            {
                range = line.Split(' ')[0];
            }
            else if (range is not null && line.StartsWith("VmFlags:", StringComparison.Ordinal))
            {
                yield return (range, line["VmFlags:".Length..]);
                range = null;
            }
        }
    }
}
