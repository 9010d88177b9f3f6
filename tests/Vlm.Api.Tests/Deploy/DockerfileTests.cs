using System.Diagnostics;
using System.Text.RegularExpressions;
using Vlm.Testing;

namespace Vlm.Api.Tests.Deploy;

/// <summary>What can be said of the Dockerfiles without a Docker engine; scripts/check-dockerfile.sh runs the steps of the one for CPUs.</summary>
public sealed class DockerfileTests
{
    private const string Cpu = "Dockerfile", Cuda = "Dockerfile.cuda";

    private static readonly string[] Known =
        ["FROM", "ARG", "RUN", "COPY", "WORKDIR", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT"];

    [Theory]
    [InlineData(Cpu)]
    [InlineData(Cuda)]
    public void Instructions_AreKnownAndCopyFromWhatIsThere(string file)
    {
        HashSet<string> stages = [];
        foreach ((string verb, string rest) in Read(file))
        {
            string[] words = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            Assert.Contains(verb, Known);
            if (verb == "FROM")
            {
                Assert.Equal("AS", words[1]);
                Assert.True(words[0].Contains(':', StringComparison.Ordinal) || stages.Contains(words[0]), rest);
                stages.Add(words[2]);
            }
            else if (verb == "COPY" && words[0].StartsWith("--from=", StringComparison.Ordinal))
            {
                Assert.Contains(words[0]["--from=".Length..], stages);
            }
            else if (verb == "COPY")
            {
                Assert.True(Path.Exists(Path.Combine(Golden.Root, words[0])), rest);
            }
        }
    }

    [Theory]
    [InlineData(Cpu)]
    [InlineData(Cuda)]
    public void Commands_AreSoundShell(string file)
    {
        foreach ((_, string command) in Read(file).Where(i => i.Verb is "RUN"))
        {
            using Process bash = Process.Start(new ProcessStartInfo("bash", ["-n", "-c", command]) { RedirectStandardError = true })!;
            bash.WaitForExit();
            Assert.True(bash.ExitCode == 0, $"{command}: {bash.StandardError.ReadToEnd()}");
        }
    }

    [Fact]
    public void Images_ForCpuAndGpu_RunTheSameWay()
    {
        (string, string)[] cpu = [.. Runtime(Cpu)], cuda = [.. Runtime(Cuda)];

        Assert.Equal(cpu, cuda.Where(i => !i.Item2.Contains("cuda:0", StringComparison.Ordinal)));
        Assert.Equal(
            ["USER", "ENV", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT"],
            cpu.Select(i => i.Item1));
        Assert.Contains(("USER", "vlm"), cpu);
    }

    [Theory]
    [InlineData(Cpu)]
    [InlineData(Cuda)]
    public void Threads_WaitAsTheLauncherHasThemWait(string file)
    {
        string environment = Runtime(file).First(i => i.Verb == "ENV").Text;
        string[] settings =
        [
            .. Regex.Matches(File.ReadAllText(Path.Combine(Golden.Root, "vlm")), @"export (G?OMP_\w+)=\$\{\1:-(\w+)\}")
                .Select(match => $"{match.Groups[1].Value}={match.Groups[2].Value}"),
        ];

        Assert.Equal(2, settings.Length);
        Assert.All(settings, setting => Assert.Contains(setting, environment.Split(' ')));
    }

    [Fact]
    public void IgnoreFiles_OfBoth_AreTheSame() => Assert.Equal(
        File.ReadAllText(PathOf(Cpu + ".dockerignore")), File.ReadAllText(PathOf(Cuda + ".dockerignore")));

    /// <summary>From the first USER on: how the image runs.</summary>
    private static IEnumerable<(string Verb, string Text)> Runtime(string file) => Read(file).SkipWhile(i => i.Verb != "USER");

    /// <summary>The instructions, each on one line.</summary>
    private static IEnumerable<(string Verb, string Text)> Read(string file) =>
        string.Join('\n', File.ReadLines(PathOf(file)).Where(line => !line.StartsWith('#')))
            .Replace("\\\n", " ", StringComparison.Ordinal)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .Select(parts => (parts[0], parts[1].Trim()));

    private static string PathOf(string file) => Path.Combine(Golden.Root, "deploy", file);
}
