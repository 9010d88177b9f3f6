using System.Reflection;
using System.Text;
using Vlm.Core.Text;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Merge;

namespace Vlm.Eval.Runs;

/// <summary>The questions of a benchmark as a run asks them.</summary>
public sealed class RunPlan
{
    private readonly DataFolder _data;
    private readonly Question[] _all;
    private readonly Lazy<string> _promptsHash;
    private readonly Lazy<Dictionary<string, string>> _dataHashes;

    /// <param name="benchmark">The benchmark.</param>
    /// <param name="data">Its data.</param>
    /// <param name="profile">Whose prompts.</param>
    /// <param name="shard">Which part to ask.</param>
    /// <param name="limit">Most questions, of all parts together; null asks all.</param>
    /// <param name="allowMissingPictures">Leave questions out whose picture is not there, instead of refusing.</param>
    /// <exception cref="InvalidDataException">Bad data, a question twice, missing pictures.</exception>
    /// <exception cref="ArgumentException">The profile does not run this benchmark.</exception>
    public RunPlan(IBenchmark benchmark, DataFolder data, EvalProfile profile, Shard shard, int? limit, bool allowMissingPictures)
    {
        (Benchmark, _data, Profile, Shard, Limit) = (benchmark, data, profile, shard, limit);
        (_promptsHash, _dataHashes) = (new(() => Sha256.OfText(Prompts())), new(DataHashes));
        MaxTokens = benchmark.MaxTokens(profile)
            ?? throw new ArgumentException($"{benchmark.Name}: expected profile lmms, found {profile.ToWire()}, which publishes no prompt for it.");
        Question[] questions = [.. benchmark.Questions(data, profile).Take(limit ?? int.MaxValue)];
        CheckKeys(questions);
        Question[] pictureless = [.. questions.Where(q => q.Picture?.Path is { } path && !File.Exists(path))];
        LeftOut = pictureless.Length;
        if (pictureless.Length > 0 && !allowMissingPictures)
        {
            throw new InvalidDataException(
                $"{benchmark.Name}: expected every picture, found {pictureless.DistinctBy(q => q.Picture!.Name).Count()} missing, " +
                $"the first {string.Join(", ", pictureless.Select(q => q.Picture!.Path).Distinct().Take(3))}; --allow-missing-pictures leaves their questions out.");
        }

        _all = pictureless.Length == 0 ? questions : [.. questions.Except(pictureless)];
        Questions = [.. _all.Index().Where(q => shard.Takes(q.Item)).GroupBy(q => q.Item.Picture?.Name ?? q.Item.Key).SelectMany(picture => picture)];
    }

    public IBenchmark Benchmark { get; }

    public EvalProfile Profile { get; }

    public Shard Shard { get; }

    public int? Limit { get; }

    public int MaxTokens { get; }

    /// <summary>Questions without their picture.</summary>
    public int LeftOut { get; }

    /// <summary>This part's questions with their places among all; those about one picture follow each other.</summary>
    public IReadOnlyList<(int Index, Question Item)> Questions { get; }

    /// <summary>The scorer, loaded when first asked for; null where the truth is not there.</summary>
    public Scorer? OpenScorer()
    {
        try
        {
            return Benchmark.OpenScorer(_data);
        }
        catch (InvalidDataException)
        {
            return null; // answers for a server's evaluation need no truth
        }
    }

    /// <summary>What the answers of this part depend on.</summary>
    public RunManifest Manifest(IAnswerer answerer, MergeSpec merge)
    {
        AskSettings ask = Benchmark.Ask(Profile);
        EncoderCost? cost = answerer.Cost(merge);
        return new RunManifest
        {
            Benchmark = Benchmark.Name,
            Profile = Profile.ToWire(),
            Merge = merge.ToString(),
            Shard = Shard.ToString(),
            Questions = _all.Length,
            Limit = Limit,
            LeftOut = LeftOut > 0 ? LeftOut : null,
            MaxTokens = MaxTokens,
            Asking = $"template {ask.Template.ToWire()}, geometry {ask.Geometry.ToString().ToLowerInvariant()}, exif {(ask.ApplyExif ? "applied" : "ignored")}, greedy",
            Program = typeof(RunPlan).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            Answerer = answerer.Identity,
            PromptsSha256 = _promptsHash.Value,
            DataSha256 = _dataHashes.Value,
            VisualTokens = cost?.VisualTokens,
            EncoderGmacs = cost?.Gmacs,
        };
    }

    private string Prompts()
    {
        StringBuilder text = new();
        foreach (Question question in _all)
        {
            text.Append(question.Key).Append('\n').Append(question.Picture?.Name).Append('\n').Append(question.Text).Append('\0');
        }

        return text.ToString();
    }

    private Dictionary<string, string> DataHashes() => Benchmark.Parts
        .SelectMany(part => new[] { part.Path, part.Alternative })
        .OfType<string>()
        .Where(path => _data.Find(path) is not null)
        .ToDictionary(path => path, path => Sha256.OfFile(_data.At(path)));

    private void CheckKeys(Question[] questions)
    {
        if (questions.CountBy(q => q.Key).FirstOrDefault(key => key.Value > 1) is { Key: { } key })
        {
            throw new InvalidDataException($"{Benchmark.Name}: expected every question once, found {key} twice in the data.");
        }
    }
}
