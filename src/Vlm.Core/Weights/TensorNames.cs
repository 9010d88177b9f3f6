namespace Vlm.Core.Weights;

/// <summary>Brings the namings of llava.md 10.2 and 10.3 to the hub's.</summary>
public static class TensorNames
{
    private const string Language = "language_model.";
    private const string Tower = "vision_tower.";
    private const string Projector = "multi_modal_projector.";
    private const string VisionModel = "vision_model.";

    private static readonly string[] IgnoredSuffixes = [".rotary_emb.inv_freq", "embeddings.position_ids"];
    private static readonly string[] IgnoredClipParts =
        ["text_model.", "visual_projection", "text_projection", "logit_scale"];

    /// <summary>The hub name of a tensor in a LLaVA checkpoint, null for a buffer that is no weight. Unknown names come
    /// back as they are.</summary>
    public static string? ToHub(string name)
    {
        if (IsIgnored(name))
        {
            return null;
        }

        return name switch
        {
            _ when Strip(name, "model.mm_projector.0.", out string rest) => $"{Projector}linear_1.{rest}",
            _ when Strip(name, "model.mm_projector.2.", out string rest) => $"{Projector}linear_2.{rest}",
            _ when Strip(name, "model.vision_tower.vision_tower.", out string rest) => ToTower(rest),
            _ when Strip(name, "model.vision_tower.", out string rest) => ToTower(rest),
            _ when Strip(name, Tower, out string rest) => ToTower(rest),
            _ when Strip(name, "model.multi_modal_projector.", out string rest) => Projector + rest,
            _ when Strip(name, "model.language_model.", out string rest) => ToLanguage(rest),
            _ when Strip(name, Language, out string rest) => ToLanguage(rest),
            _ when Strip(name, "model.", out _) || Strip(name, "lm_head.", out _) => Language + name,
            _ => name,
        };
    }

    /// <summary>The hub name of a tensor in a separate CLIP checkpoint, null for what LLaVA does not use of
    /// it.</summary>
    public static string? ClipToHub(string name)
    {
        bool isOther = IsIgnored(name) || IgnoredClipParts.Any(part => name.StartsWith(part, StringComparison.Ordinal));
        return isOther ? null : ToTower(name);
    }

    private static bool IsIgnored(string name) =>
        IgnoredSuffixes.Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal));

    private static string ToTower(string rest) =>
        rest.StartsWith(VisionModel, StringComparison.Ordinal) ? Tower + rest : Tower + VisionModel + rest;

    private static string ToLanguage(string rest) =>
        rest.StartsWith("model.", StringComparison.Ordinal) || rest.StartsWith("lm_head.", StringComparison.Ordinal)
            ? Language + rest
            : $"{Language}model.{rest}";

    private static bool Strip(string name, string prefix, out string rest)
    {
        bool hasPrefix = name.StartsWith(prefix, StringComparison.Ordinal);
        rest = hasPrefix ? name[prefix.Length..] : name;
        return hasPrefix;
    }
}
