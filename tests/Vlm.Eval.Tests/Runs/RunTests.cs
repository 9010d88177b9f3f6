using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Vlm.Eval.Benchmarks;
using Vlm.Eval.Data;
using Vlm.Eval.Runs;
using Vlm.Eval.Tests.Benchmarks;
using Vlm.Merge;

namespace Vlm.Eval.Tests.Runs;

/// <summary>Runs that stop anywhere and go on, and parts that are joined.</summary>
public sealed class RunTests : IDisposable
{
    private static readonly Progress<RunProgress> Silent = new();

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pope")]
    [InlineData("mme")]
    [InlineData("textvqa")]
    [InlineData("mmbench")]
    [InlineData("scienceqa")]
    public async Task Run_StoppedAfterEveryAnswer_EndsWithTheSameBytes(string benchmark)
    {
        await RunAsync(benchmark, "whole", new ScriptedAnswerer());
        ScriptedAnswerer second = new() { StopsAfter = 1 };
        int restarts = 0;
        while (!File.Exists(Files(benchmark, "broken").Answers))
        {
            restarts += await TryRunAsync(benchmark, "broken", second) ? 0 : 1;
            second.Asked = 0;
        }

        Assert.True(restarts >= 2);
        Assert.Equal(File.ReadAllBytes(Files(benchmark, "whole").Answers), File.ReadAllBytes(Files(benchmark, "broken").Answers));
        Assert.Equal(File.ReadAllLines(Files(benchmark, "whole").Log).Order(), File.ReadAllLines(Files(benchmark, "broken").Log).Order());
    }

    [Fact]
    public async Task Run_LogTornAtAnyByte_GoesOnWithoutLossOrDoubles()
    {
        await RunAsync("pope", "whole", new ScriptedAnswerer());
        RunFolder files = Files("pope", "whole");
        byte[] log = File.ReadAllBytes(files.Log);
        byte[] answers = File.ReadAllBytes(files.Answers);
        for (int length = 0; length < log.Length; length += 61)
        {
            File.WriteAllBytes(files.Log, log[..length]);
            File.Delete(files.Answers);

            await RunAsync("pope", "whole", new ScriptedAnswerer());

            Assert.Equal(answers, File.ReadAllBytes(files.Answers));
        }
    }

    [Fact]
    public async Task Run_LineChangedInTheMiddle_IsRefused()
    {
        await RunAsync("pope", "run", new ScriptedAnswerer());
        RunFolder files = Files("pope", "run");
        string[] lines = File.ReadAllLines(files.Log);
        lines[2] = lines[2].Replace("\"text\":\"", "\"text\":\"x", StringComparison.Ordinal);
        File.WriteAllLines(files.Log, lines);
        File.Delete(files.Answers);

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(() => RunAsync("pope", "run", new ScriptedAnswerer()));

        Assert.StartsWith($"{files.Log} line 3: checksum: expected ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OtherWeights_IsRefusedByTheManifest()
    {
        await RunAsync("pope", "run", new ScriptedAnswerer());

        InvalidDataException error = await Assert.ThrowsAsync<InvalidDataException>(
            () => RunAsync("pope", "run", new ScriptedAnswerer { Weights = "other" }));

        Assert.Contains("answerer: expected {\"weights\":\"one\"} as when the run began, found {\"weights\":\"other\"}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SeveralQuestionsOfAPicture_AreAskedTogether()
    {
        ScriptedAnswerer answerer = new();

        await RunAsync("mme", "run", answerer);

        Assert.True(answerer.Asked > 2);
        Assert.All(answerer.Visits, visit => Assert.Single(visit.Pictures));
        Assert.Equal(answerer.Visits.Count, answerer.Visits.Select(visit => visit.Pictures.Single()).Distinct().Count());
    }

    [Fact]
    public async Task Run_SeveralSettings_EqualsARunOfEachAlone()
    {
        MergeSpec[] settings = [MergeSpec.None, MergeSpec.Parse("tome:0.9"), MergeSpec.Parse("pitome:0.9")];
        await RunAsync("pope", "together", new ScriptedAnswerer(), settings: settings);
        foreach (MergeSpec setting in settings)
        {
            await RunAsync("pope", "alone", new ScriptedAnswerer(), settings: [setting]);

            Assert.Equal(File.ReadAllBytes(Files("pope", "alone", setting).Answers), File.ReadAllBytes(Files("pope", "together", setting).Answers));
        }
    }

    [Fact]
    public async Task Run_OneSettingAdded_AsksOnlyWhatIsLacking()
    {
        await RunAsync("pope", "run", new ScriptedAnswerer());
        ScriptedAnswerer second = new();

        await RunAsync("pope", "run", second, settings: [MergeSpec.None, MergeSpec.Parse("tome:0.9")]);

        Assert.Equal(["tome/released:0.9"], second.Visits.Select(visit => visit.Merge).Distinct());
        Assert.Equal(File.ReadAllLines(Files("pope", "run").Answers).Length, second.Asked);
    }

    [Fact]
    public async Task Run_SeveralSettings_TimesAddUpToTheSession()
    {
        MergeSpec[] settings = [MergeSpec.None, MergeSpec.Parse("tome:0.9")];
        Stopwatch watch = Stopwatch.StartNew();

        await RunAsync("pope", "run", new ScriptedAnswerer(), settings: settings);

        SpeedSummary[] speeds = [.. settings.Select(setting => TimesLog.Read([Files("pope", "run", setting).Times]))];
        Assert.All(speeds, speed => Assert.True(speed.Wall > TimeSpan.Zero));
        Assert.True(speeds.Sum(speed => speed.Wall.TotalMilliseconds) <= watch.Elapsed.TotalMilliseconds);
    }

    [Fact]
    public async Task Merge_AllParts_EqualsTheWholeRun()
    {
        await RunAsync("mme", "whole", new ScriptedAnswerer());
        for (int i = 1; i <= 3; i++)
        {
            await RunAsync("mme", "parts", new ScriptedAnswerer(), new Shard(i, 3));
        }

        RunMerge.Write(RunSettingFiles.Find([_folder.At("parts")]).Single(), _folder.At("joined"));

        Assert.Equal(File.ReadAllBytes(Files("mme", "whole").Answers), File.ReadAllBytes(Files("mme", "joined").Answers));
        Assert.Equal(File.ReadAllBytes(Files("mme", "whole").Manifest), File.ReadAllBytes(Files("mme", "joined").Manifest));
    }

    [Fact]
    public async Task Merge_PartMissing_NamesIt()
    {
        await RunAsync("mme", "parts", new ScriptedAnswerer(), new Shard(1, 2));

        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => RunMerge.Write(RunSettingFiles.Find([_folder.At("parts")]).Single(), _folder.At("joined")));

        Assert.Equal("mme none: expected the parts 1/2, 2/2, found 1/2.", error.Message);
        Assert.False(Directory.Exists(_folder.At("joined")));
    }

    [Fact]
    public void Plan_PictureMissing_IsRefusedOrLeftOut()
    {
        DataFolder data = new(_folder.Path);
        _folder.Write("scenes/questions.json", File.ReadAllText(EvalFixtures.Data.At("scenes", "questions.json")));

        InvalidDataException error = Assert.Throws<InvalidDataException>(
            () => new RunPlan(EvalFixtures.Benchmark("scenes"), data, EvalProfile.Llava, Shard.Whole, null, allowMissingPictures: false));

        Assert.StartsWith("scenes: expected every picture, found 1 missing, the first ", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, new RunPlan(EvalFixtures.Benchmark("scenes"), data, EvalProfile.Llava, Shard.Whole, null, allowMissingPictures: true).LeftOut);
    }

    [Theory]
    [InlineData("0/2")]
    [InlineData("3/2")]
    [InlineData("1")]
    [InlineData("a/b")]
    public void Parse_BadShard_IsRefused(string text) =>
        Assert.Equal($"shard: expected i/n with i from 1 to n, such as 3/16, found '{text}'.", Assert.Throws<ArgumentException>(() => Shard.Parse(text)).Message);

    [Fact]
    public void Takes_AnyQuestion_BelongsToExactlyOnePart()
    {
        Question[] questions = [.. EvalFixtures.Benchmark("gqa").Questions(EvalFixtures.Data, EvalProfile.Llava)];

        Assert.All(questions, q => Assert.Equal(1, Enumerable.Range(1, 5).Count(i => new Shard(i, 5).Takes(q))));
    }

    private RunFolder Files(string benchmark, string run, MergeSpec? merge = null) =>
        RunFolder.Of(_folder.At(run), benchmark, merge ?? MergeSpec.None, Shard.Whole);

    private async Task<bool> TryRunAsync(string benchmark, string run, ScriptedAnswerer answerer)
    {
        try
        {
            await RunAsync(benchmark, run, answerer);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private Task RunAsync(string benchmark, string run, ScriptedAnswerer answerer, Shard? shard = null, MergeSpec[]? settings = null)
    {
        RunPlan plan = new(EvalFixtures.Benchmark(benchmark), EvalFixtures.Data, EvalProfile.Llava, shard ?? Shard.Whole, null, allowMissingPictures: false);
        return new BenchmarkRun(plan, answerer, plan.OpenScorer(), _folder.At(run)).RunAsync(settings ?? [MergeSpec.None], Silent, CancellationToken.None);
    }

    /// <summary>Answers with a hash of the question, and fails after some answers.</summary>
    private sealed class ScriptedAnswerer : IAnswerer
    {
        private int _asked;

        public int StopsAfter { get; init; } = int.MaxValue;

        public string Weights { get; init; } = "one";

        public int Asked
        {
            get => _asked;
            set => _asked = value;
        }

        /// <summary>What was asked for at once.</summary>
        public ConcurrentBag<(string Merge, IReadOnlySet<string> Pictures)> Visits { get; } = [];

        public string ModelId => "scripted";

        public int Concurrency => 3;

        public IReadOnlyDictionary<string, string> Identity => new Dictionary<string, string> { ["weights"] = Weights };

        public EncoderCost? Cost(MergeSpec merge) => null;

        public async IAsyncEnumerable<Reply> AskAsync(
            IReadOnlyList<Question> questions, AskSettings settings, int maxTokens, MergeSpec merge, [EnumeratorCancellation] CancellationToken cancel)
        {
            Visits.Add((merge.ToString(), questions.Select(question => question.Picture?.Name ?? question.Key).ToHashSet()));
            foreach (Question question in questions)
            {
                int number = Interlocked.Increment(ref _asked);
                await Task.Yield();
                yield return number > StopsAfter
                    ? throw new IOException("the power is gone")
                    : new Reply($"é {Encoding.UTF8.GetByteCount(question.Text + merge) % 7}", new ReplyTimes(1, 1, 1, 1, 1, 5, 4, 1));
            }
        }
    }
}
