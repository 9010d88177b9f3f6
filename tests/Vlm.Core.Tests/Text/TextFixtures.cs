using System.Text.Json;
using System.Text.RegularExpressions;
using Vlm.Core.Text;
using Vlm.Testing;
using Vlm.Torch.Media;

namespace Vlm.Core.Tests.Text;

/// <summary>Where the text tests find their tokenizers and vectors.</summary>
internal static partial class TextFixtures
{
    /// <summary>Folder of this repository's own vocabulary.</summary>
    public static string OwnVocabulary => Path.Combine(Golden.Root, "assets", "vocab");

    public static JsonElement ReadJson(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }

    // Below the build output; what the previous run left is deleted, since no hook is sure to run when a test host
    // ends.
    private static readonly Lazy<string> Temporary = new(() =>
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "text-tests");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        return folder;
    });

    /// <summary>A new folder, deleted by the next run.</summary>
    public static string NewFolder() =>
        Directory.CreateDirectory(Path.Combine(Temporary.Value, Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>This repository's own model.</summary>
    public static SentencePieceModel OwnModel() =>
        SentencePieceModel.Load(Path.Combine(OwnVocabulary, "tokenizer.model"));

    /// <summary>A new folder that holds the named files of another folder.</summary>
    public static string FolderWith(string source, params string[] files)
    {
        string folder = NewFolder();
        foreach (string file in files)
        {
            File.Copy(Path.Combine(source, file), Path.Combine(folder, file));
        }

        return folder;
    }

    public static int[] Ints(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>The segments of a prompt written as text, cut at the given special strings.</summary>
    public static IReadOnlyList<PromptSegment> Parse(string text, params string[] specials)
    {
        List<PromptSegment> segments = [];
        int numImages = 0;
        foreach (string part in SpecialStrings().Split(text).Where(part => part.Length > 0))
        {
            segments.Add(!specials.Contains(part) ? new PromptSegment.Text(part)
                : part == "<image>" ? new PromptSegment.Image(numImages++)
                : new PromptSegment.Special(part));
        }

        return segments;
    }

    [GeneratedRegex("(<s>|</s>|<unk>|<image>|<pad>)")]
    private static partial Regex SpecialStrings();
}
