using Vlm.Eval.Data;
using Vlm.Eval.Metrics;

namespace Vlm.Eval.Benchmarks;

/// <summary>A question of MME's release.</summary>
/// <param name="Category">Subtask, the folder's name.</param>
/// <param name="TextFile">File that holds the question, <c>name.txt</c>.</param>
/// <param name="Text">The question with its request to answer yes or no.</param>
/// <param name="IsYes">The truth.</param>
/// <param name="Picture">Path of the picture below the release folder; null when it is missing.</param>
internal sealed record MmeQuestion(string Category, string TextFile, string Text, bool IsYes, string? Picture);

/// <summary>MME's release folder in both shapes: pictures and texts together, or <c>images/</c> and <c>questions_answers_YN/</c>.</summary>
internal static class MmeFolder
{
    private static readonly string[] PictureKinds = [".jpg", ".png", ".jpeg"];

    /// <summary>All questions, by category and file name.</summary>
    /// <exception cref="InvalidDataException">The folder is missing or a line is no question and answer.</exception>
    public static IEnumerable<MmeQuestion> Read(string root)
    {
        if (!Directory.Exists(root))
        {
            throw new InvalidDataException($"{root}: expected MME's folder of categories, found none.");
        }

        return Directory.GetDirectories(root).Order(StringComparer.Ordinal).SelectMany(Category);
    }

    private static IEnumerable<MmeQuestion> Category(string folder)
    {
        bool isApart = Directory.Exists(Path.Combine(folder, "images")) || Directory.Exists(Path.Combine(folder, "questions_answers_YN"));
        string texts = isApart ? Path.Combine(folder, "questions_answers_YN") : folder;
        if (!Directory.Exists(texts))
        {
            throw new InvalidDataException($"{texts}: expected the questions about the pictures beside it, found none.");
        }

        string pictures = isApart ? Path.Combine(folder, "images") : folder;
        foreach (string file in Directory.GetFiles(texts, "*.txt").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            string? picture = PictureKinds.Select(kind => Path.Combine(pictures, name + kind)).FirstOrDefault(File.Exists);
            foreach ((int i, string line) in ReadLines(file).Index().Where(l => PythonText.Strip(l.Item).Length > 0))
            {
                yield return PythonText.Strip(line).Split('\t') is [var question, var truth] && PythonText.Lower(truth) is "yes" or "no"
                    ? new MmeQuestion(
                        Path.GetFileName(folder), name + ".txt", question, PythonText.Lower(truth) == "yes",
                        picture is null ? null : Path.GetRelativePath(Path.GetDirectoryName(folder)!, picture))
                    : throw new InvalidDataException($"{file} line {i + 1}: expected a question, a tab and Yes or No, found '{line}'.");
            }
        }
    }

    private static IEnumerable<string> ReadLines(string file)
    {
        using StreamReader reader = Utf8File.Open(file);
        for (int line = 1; reader.ReadLine() is { } bytes; line++)
        {
            yield return Utf8File.Decode(bytes) ?? throw new InvalidDataException($"{file} line {line}: expected UTF-8, found other bytes.");
        }
    }
}
