using System.Collections.Concurrent;
using System.Globalization;

namespace Vlm.Core.Engine.Constraints;

/// <summary>Unicode's general categories (UAX 44, table 12) as sets; each is looked up once in the life of the program.</summary>
internal static class GeneralCategories
{
    private static readonly string[] Names = // in the order of UnicodeCategory
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly ConcurrentDictionary<string, CodePointSet> Sets = [];

    /// <summary>The set of a category such as Lu, or of a group such as L; null for another name.</summary>
    public static CodePointSet? Find(string name) =>
        name.Length is 1 or 2 && Names.Any(category => category.StartsWith(name, StringComparison.Ordinal))
            ? Sets.GetOrAdd(name, Collect)
            : null;

    private static CodePointSet Collect(string name) => CodePointSet.Of(
        Enumerable.Range(0, 0x110000)
            .Where(codePoint => Names[(int)CharUnicodeInfo.GetUnicodeCategory(codePoint)].StartsWith(name, StringComparison.Ordinal))
            .Select(codePoint => (codePoint, codePoint)));
}
