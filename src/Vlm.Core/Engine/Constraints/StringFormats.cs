using System.Collections.Frozen;

namespace Vlm.Core.Engine.Constraints;

/// <summary>The formats of JSON Schema 2020-12 (validation 7.3) that strings are held to, as regular expressions. Some forms that nobody
/// writes are left out: leap seconds, the year 0000, names of more than 255 characters, IPv4 inside IPv6. Other formats are annotations.</summary>
internal static class StringFormats
{
    private const string Year = "([1-9]\\d{3}|0[1-9]\\d\\d|00[1-9]\\d|000[1-9])";
    private const string LeapYear = "(\\d\\d(0[48]|[2468][048]|[13579][26])|(0[48]|[2468][048]|[13579][26])00)";
    private const string Days31 = "(0[13578]|1[02])-(0[1-9]|[12]\\d|3[01])";
    private const string Days30 = "(0[469]|11)-(0[1-9]|[12]\\d|30)";
    private const string Days28 = "02-(0[1-9]|1\\d|2[0-8])";
    private const string Date = $"({Year}-({Days31}|{Days30}|{Days28})|{LeapYear}-02-29)";
    private const string HourAndMinute = "([01]\\d|2[0-3]):[0-5]\\d";
    private const string Time = $"{HourAndMinute}:[0-5]\\d(\\.\\d{{1,9}})?(Z|[+-]{HourAndMinute})";
    private const string Number = "\\d{1,9}";
    private const string Hours = $"T({Number}H({Number}M({Number}S)?)?|{Number}M({Number}S)?|{Number}S)";
    private const string Days = $"({Number}Y({Number}M({Number}D)?)?|{Number}M({Number}D)?|{Number}D)";
    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,60}[A-Za-z0-9])?";
    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,31}";
    private const string Byte = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private const string Word = "[0-9a-fA-F]{1,4}";

    private static readonly FrozenDictionary<string, string> Patterns = new Dictionary<string, string>
    {
        ["date"] = $"^{Date}$",
        ["time"] = $"^{Time}$",
        ["date-time"] = $"^{Date}T{Time}$",
        ["duration"] = $"^P({Number}W|{Days}({Hours})?|{Hours})$",
        ["uuid"] = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        ["email"] = $"^{Atom}(\\.{Atom})?@{Label}(\\.{Label}){{1,3}}$",
        ["hostname"] = $"^{Label}(\\.{Label}){{0,3}}$",
        ["ipv4"] = $"^{Byte}(\\.{Byte}){{3}}$",
        ["ipv6"] = "^(" + string.Join('|', Enumerable.Range(0, 8).Select(Compressed).Prepend($"({Word}:){{7}}{Word}")) + ")$",
    }.ToFrozenDictionary();

    /// <summary>The expression of a format; null for one that is only an annotation.</summary>
    public static string? Find(string name) => Patterns.GetValueOrDefault(name);

    // Some words, ::, and up to as many others as leave room for one that is zero.
    private static string Compressed(int numBefore)
    {
        var before = numBefore == 0 ? ":" : $"({Word}:){{{numBefore}}}";
        var after = numBefore == 7 ? "" : $"({Word}(:{Word}){{0,{6 - numBefore}}})?";
        return $"{before}:{after}";
    }
}
