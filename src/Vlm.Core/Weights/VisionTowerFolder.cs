using Vlm.Core.Models;

namespace Vlm.Core.Weights;

/// <summary>The separate CLIP checkpoint that an original LLaVA checkpoint names in <c>mm_vision_tower</c> (llava.md
/// 10.3).</summary>
internal static class VisionTowerFolder
{
    private const string ClipLarge336 = "clip-vit-large-patch14-336";

    /// <summary>Looks below the checkpoint, then beside it: by the whole name, then by its last segment. Null when
    /// there is no such folder.</summary>
    /// <exception cref="InvalidDataException">The name is absolute or leaves the folder.</exception>
    public static string? Find(string checkpoint, string name)
    {
        string[] segments = name.Split('/');
        if (Path.IsPathRooted(name) || name.Contains('\\') || segments.Any(s => s is "" or "." or ".."))
        {
            throw new InvalidDataException(
                $"mm_vision_tower: expected a folder relative to the checkpoint, found \"{name}\" in " +
                $"{Path.Combine(checkpoint, "config.json")}.");
        }

        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(checkpoint));
        string parent = Path.GetDirectoryName(full) ?? full;
        string[] candidates =
        [
            Path.Combine(checkpoint, name),
            Path.Combine(checkpoint, segments[^1]),
            Path.Combine(checkpoint, "vision-tower"),
            Path.Combine(parent, segments[^1]),
        ];
        return candidates.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, "config.json")));
    }

    /// <summary>The tower's sizes: from its own <c>config.json</c>, or the known ones when LLaVA's released tower is
    /// named and its folder is absent.</summary>
    public static VisionConfig ReadConfig(string? folder, string name, string configPath)
    {
        if (folder is null)
        {
            return name.EndsWith(ClipLarge336, StringComparison.Ordinal)
                ? VisionConfig.ClipLarge336
                : throw new InvalidDataException(
                    $"mm_vision_tower: expected a folder \"{name}\" in or beside the checkpoint, found none; " +
                    $"named in {configPath}.");
        }

        string path = Path.Combine(folder, "config.json");
        var check = new ConfigCheck(path);
        var file = JsonFiles.Read<TowerFile>(path);
        check.OneOf("model_type", file.ModelType, "clip", "clip_vision_model");
        return check.Vision(file.VisionConfig ?? JsonFiles.Read<VisionFile>(path));
    }

    private sealed record TowerFile
    {
        public string? ModelType { get; init; }
        public VisionFile? VisionConfig { get; init; }
    }
}
