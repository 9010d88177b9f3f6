using System.Text;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;

namespace Vlm.Eval.Tests.Benchmarks;

/// <summary>Files with damage anywhere: scored where it hits nothing that is read, else refused in words, never another exception.</summary>
public sealed class DamagedDataTests : IDisposable
{
    private const int NumDamages = 30;

    private static readonly string[] Tokens = ["null", "[]", "{}", "7", "-1.5", "\"x\"", "\"\\ud800\"", ",", "\t", "\"", "\0", "\uFEFF", "\r"];

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(DataShapeTests.Names), MemberType = typeof(DataShapeTests))]
    public void Score_DamagedAnywhere_IsScoredOrRefusedInWords(string benchmark)
    {
        Random random = new(benchmark.Sum(c => c));
        string[] files = [.. DataFiles(benchmark), EvalFixtures.AnswerPath(benchmark)];
        for (int i = 0; i < NumDamages; i++)
        {
            string damaged = files[random.Next(files.Length)];
            byte[] content = Damage(File.ReadAllBytes(damaged), random);
            foreach (string file in files)
            {
                string copy = _folder.At(NameOf(file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.WriteAllBytes(copy, file == damaged ? content : File.ReadAllBytes(file));
            }

            foreach (EvalProfile profile in Enum.GetValues<EvalProfile>())
            {
                Exception? error = Record.Exception(
                    () => EvalFixtures.Score(benchmark, profile, _folder.At(NameOf(files[^1])), new DataFolder(_folder.Path)).Values());

                Assert.True(error is null || (error is InvalidDataException && IsNamed(error.Message, benchmark)), $"{damaged}, damage {i}: {error}");
            }
        }
    }

    private bool IsNamed(string message, string benchmark) =>
        message.StartsWith(_folder.Path, StringComparison.Ordinal) || message.StartsWith(benchmark + ":", StringComparison.Ordinal);

    /// <summary>Text files of a benchmark's fixture.</summary>
    private static IEnumerable<string> DataFiles(string benchmark) => EvalFixtures.Benchmark(benchmark).Parts
        .Select(part => EvalFixtures.Data.At(part.Path))
        .SelectMany(path => File.Exists(path) ? [path] : Directory.Exists(path) ? Directory.GetFiles(path, "*.txt", SearchOption.AllDirectories) : []);

    private static string NameOf(string file) =>
        Path.GetRelativePath(file.StartsWith(EvalFixtures.Data.Root, StringComparison.Ordinal) ? EvalFixtures.Data.Root : EvalFixtures.Root, file);

    private static byte[] Damage(byte[] content, Random random)
    {
        int at = random.Next(content.Length);
        int end = Math.Min(content.Length, at + random.Next(1, 40));
        byte[] token = Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]);
        return random.Next(6) switch
        {
            0 => content[..at],
            1 => [.. content[..at], .. content[end..]],
            2 => [.. content[..at], .. token, .. content[at..]],
            3 => [.. content[..at], .. token, .. content[end..]],
            4 => [.. content[..end], .. content[at..]],
            _ => [.. content[..at], (byte)random.Next(256), .. content[(at + 1)..]],
        };
    }
}
