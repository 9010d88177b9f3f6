using System.ComponentModel.DataAnnotations;

namespace Vlm.Api.Options;

/// <summary>Section <c>Auth</c>: who may ask. Without keys everybody may; with keys every route but liveness asks for one.</summary>
public sealed class AuthOptions : IValidatableObject
{
    /// <summary>The keys, in <c>Auth:Keys:0</c>, <c>Auth:Keys:1</c>, ...</summary>
    public IList<ApiKeyOptions> Keys { get; } = [];

    /// <summary>Origins of pages elsewhere that may call from a browser, separated by commas; empty for none.</summary>
    public string CorsOrigins { get; set; } = "";

    /// <summary>The origins, one by one.</summary>
    internal string[] Origins => CorsOrigins.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string twice in Keys.GroupBy(k => k.Name).Where(g => g.Count() > 1).Select(g => g.Key))
        {
            yield return new($"Auth:Keys: expected names that differ, found '{twice}' twice.", [nameof(Keys)]);
        }

        foreach ((int i, ApiKeyOptions key) in Keys.Index())
        {
            List<ValidationResult> faults = [];
            Validator.TryValidateObject(key, new ValidationContext(key), faults, validateAllProperties: true);
            foreach (ValidationResult fault in faults)
            {
                yield return new($"Auth:Keys:{i}: {fault.ErrorMessage}", [nameof(Keys)]);
            }
        }

        foreach (string origin in Origins.Where(o => !IsOrigin(o)))
        {
            yield return new($"Auth:CorsOrigins: expected origins such as https://example.com, found '{origin}'.", [nameof(CorsOrigins)]);
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.GetLeftPart(UriPartial.Authority) == text;
}

/// <summary>One key of section <c>Auth</c>.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Name in logs and metrics; caches are apart by it.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9._-]{1,64}")]
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key, <c>sha256:</c> and 64 hexadecimal digits; the key itself stands nowhere.</summary>
    [Required]
    [RegularExpression("sha256:[0-9a-fA-F]{64}")]
    public string Hash { get; set; } = "";

    /// <summary>Most requests of this key per minute; any number when absent.</summary>
    [Range(1, 1_000_000)]
    public int? RequestsPerMinute { get; set; }

    /// <summary>Most requests of this key at once; any number when absent.</summary>
    [Range(1, 100_000)]
    public int? MaxConcurrent { get; set; }
}
