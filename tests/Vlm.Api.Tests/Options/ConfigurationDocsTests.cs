using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Vlm.Api.Options;
using Vlm.Core.Engine;
using Vlm.Core.Imaging;
using Vlm.Testing;

namespace Vlm.Api.Tests.Options;

/// <summary>docs/configuration.md and the code say the same.</summary>
public sealed class ConfigurationDocsTests
{
    private static readonly (string Section, Type Type)[] Sections =
    [
        ("Model", typeof(ModelOptions)),
        ("Engine", typeof(EngineOptions)),
        ("Images", typeof(ImageLimits)),
        ("Images", typeof(ImagesOptions)),
        ("Images", typeof(FetchOptions)),
        ("Merge", typeof(MergeOptions)),
        ("Auth", typeof(AuthOptions)),
        ("Limits", typeof(LimitsOptions)),
        ("Telemetry", typeof(TelemetryOptions)),
    ];

    private static readonly (string Section, Type Type)[] Nested = [("Auth:Keys:N", typeof(ApiKeyOptions))];

    [Fact]
    public void Docs_EveryOption_HasItsRowWithTypeRangeAndDefault()
    {
        string[] inCode = [.. Sections.Concat(Nested).SelectMany(s => Options(s.Section, s.Type)).Order(StringComparer.Ordinal)];

        Assert.Equal(inCode, Rows().Select(r => $"{r[0]} | {r[1]} | {r[2]} | {r[4]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Docs_EveryRow_HasAUnitAndAMeaning() =>
        Assert.All(Rows(), row => Assert.True(row[3].Length > 0 && row[5].Length > 10, row[0]));

    [Fact]
    public void Docs_EverySectionBoundByTheServer_IsCompared()
    {
        string source = File.ReadAllText(Path.Combine(Golden.Root, "src", "Vlm.Api", "ServiceRegistration.cs"));

        Assert.Equal(Sections.Length, source.Split("services.AddSection<").Length - 1);
        Assert.All(Sections, s => Assert.Contains($"AddSection<{s.Type.Name}>(\"{s.Section}\")", source, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Options(string section, Type type)
    {
        object defaults = Activator.CreateInstance(type)!;
        foreach (PropertyInfo option in type.GetProperties().Where(p => p.SetMethod?.IsPublic == true))
        {
            string initial = Convert.ToString(option.GetValue(defaults), CultureInfo.InvariantCulture) ?? "";
            yield return $"`{section}:{option.Name}` | {TypeName(option.PropertyType)} | {Range(option)} | {(initial.Length > 0 ? $"`{initial}`" : "none")}";
        }
    }

    private static string TypeName(Type type) => (Nullable.GetUnderlyingType(type) ?? type).Name switch
    {
        nameof(Int32) or nameof(Int64) => "integer",
        nameof(Boolean) => "boolean",
        nameof(String) => "text",
        var other => other,
    };

    private static string Range(PropertyInfo option) =>
        option.GetCustomAttribute<RangeAttribute>() is { } range ? $"{Bound(range.Minimum)} to {Bound(range.Maximum)}"
        : option.GetCustomAttribute<AllowedValuesAttribute>() is { } values ? string.Join(", ", values.Values.Select(v => $"`{v}`"))
        : option.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern ? $"`{pattern.Pattern.Replace("|", "\\|", StringComparison.Ordinal)}`"
        : option.GetCustomAttribute<MaxLengthAttribute>() is { } length ? $"at most {length.Length} characters"
        : option.PropertyType == typeof(bool) ? "true, false"
        : option.GetCustomAttribute<RequiredAttribute>() is not null ? "not empty"
        : "any";

    // Attributes over long hold their bounds as text or as double.
    private static string Bound(object bound) =>
        bound is double number && number >= long.MaxValue
            ? long.MaxValue.ToString(CultureInfo.InvariantCulture)
            : Convert.ToDecimal(bound, CultureInfo.InvariantCulture).ToString("0", CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Rows() =>
        File.ReadLines(Path.Combine(Golden.Root, "docs", "configuration.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Replace("\\|", "\u0001", StringComparison.Ordinal)[2..^2].Split(" | ")
                .Select(cell => cell.Replace("\u0001", "\\|", StringComparison.Ordinal).Trim()).ToArray());
}
