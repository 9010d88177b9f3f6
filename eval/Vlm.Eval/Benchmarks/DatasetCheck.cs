using Vlm.Eval.Data;

namespace Vlm.Eval.Benchmarks;

/// <summary>Whether a part of the data is there.</summary>
public sealed record PartCheck(DataPart Part, bool IsThere);

/// <summary>What was found of one benchmark's data.</summary>
/// <param name="Benchmark">Its name.</param>
/// <param name="Parts">Its files and folders.</param>
/// <param name="Summary">Counts, or the first error.</param>
/// <param name="MissingPictures">Names of pictures that some question shows and that are not there.</param>
public sealed record DatasetCheck(string Benchmark, IReadOnlyList<PartCheck> Parts, string Summary, IReadOnlyList<string> MissingPictures)
{
    /// <summary>Looks at a benchmark's data; a bad file is reported, not thrown.</summary>
    public static DatasetCheck Of(IBenchmark benchmark, DataFolder data, EvalProfile profile)
    {
        PartCheck[] parts = [.. benchmark.Parts.Select(part => new PartCheck(part, IsThere(data, part.Path) || IsThere(data, part.Alternative)))];
        if (!parts.Any(part => part.IsThere))
        {
            return new DatasetCheck(benchmark.Name, parts, "no data", []);
        }

        try
        {
            Question[] questions = [.. benchmark.Questions(data, profile)];
            Picture[] pictures = [.. questions.Select(q => q.Picture).OfType<Picture>().DistinctBy(p => p.Name)];
            string[] missing = [.. pictures.Where(p => p.Path is not null && !File.Exists(p.Path)).Select(p => p.Name)];
            if (parts.All(part => part.IsThere || part.Part.Use == PartUse.Run))
            {
                benchmark.OpenScorer(data); // reads the truth, too
            }

            return new DatasetCheck(
                benchmark.Name, parts, $"{questions.Length} questions, {pictures.Length} pictures, {missing.Length} of them missing", missing);
        }
        catch (InvalidDataException e)
        {
            return new DatasetCheck(benchmark.Name, parts, e.Message, []);
        }
    }

    private static bool IsThere(DataFolder data, string? path) => path is not null && (path.EndsWith('/') ? Directory.Exists(data.At(path)) : File.Exists(data.At(path)));
}
