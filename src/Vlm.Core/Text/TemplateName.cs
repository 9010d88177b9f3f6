namespace Vlm.Core.Text;

/// <summary>The prompt layouts of LLaVA-1.5.</summary>
public enum TemplateName
{
    /// <summary>The one of the checkpoint's family.</summary>
    Auto,

    /// <summary>Training and evaluation: system sentence about a "user", end mark after each reply.</summary>
    VicunaV1,

    /// <summary>The demos: as <see cref="VicunaV1"/>, about a "human".</summary>
    LlavaV1,

    /// <summary>Hugging Face's chat template: no system sentence, no end mark.</summary>
    Hf,
}

/// <summary>Template names as on the wire and the command line.</summary>
public static class TemplateNames
{
    private static readonly (string Wire, TemplateName Name)[] All =
    [
        ("auto", TemplateName.Auto),
        ("vicuna_v1", TemplateName.VicunaV1),
        ("llava_v1", TemplateName.LlavaV1),
        ("hf", TemplateName.Hf),
    ];

    /// <summary>The name that a text spells exactly.</summary>
    /// <exception cref="ArgumentException">No template has this name.</exception>
    public static TemplateName Parse(string text) =>
        All.FirstOrDefault(entry => entry.Wire == text) is { Wire: not null } found
            ? found.Name
            : throw new ArgumentException(
                $"template: expected {string.Join(", ", All.Select(entry => entry.Wire))}, found '{text}'.");

    /// <summary>The spelling of a name.</summary>
    public static string ToWire(this TemplateName name) => All.Single(entry => entry.Name == name).Wire;
}
