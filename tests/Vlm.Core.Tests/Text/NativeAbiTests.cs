using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Vlm.Testing;
using Vlm.Torch.Media;
using Vlm.Torch.Native;

namespace Vlm.Core.Tests.Text;

/// <summary>Header, exports and declarations of the text half of libvlmmedia.so name the same functions.</summary>
public sealed partial class NativeAbiTests
{
    [Fact]
    public void Declarations_OfSentencePiece_AreThoseOfHeaderAndLibrary()
    {
        string header = File.ReadAllText(Path.Combine(Golden.Root, "native", "vlmmedia", "vlmmedia_text.h"));
        string[] inHeader = [.. Export().Matches(header).Select(match => match.Groups[1].Value).Order()];
        Type declarations = typeof(SentencePieceModel).Assembly
            .GetType("Vlm.Torch.Media.SentencePieceNative", throwOnError: true)!;
        string[] declared =
        [
            .. declarations.GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Select(method => method.Name)
                .Where(name => name.StartsWith("vm_sp_", StringComparison.Ordinal)).Order(),
        ];
        Assert.Equal(inHeader, declared);

        IntPtr library = NativeLibrary.Load(NativeLibraryLoader.SearchFolders()
            .Select(folder => Path.Combine(folder, "libvlmmedia.so")).First(File.Exists));
        Assert.All(inHeader, name => Assert.True(NativeLibrary.TryGetExport(library, name, out _), name));
    }

    [GeneratedRegex(@"VM_EXPORT \w+ (vm_sp_\w+)\(")]
    private static partial Regex Export();
}
