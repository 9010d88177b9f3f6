using Vlm.Core.Weights;

namespace Vlm.Cli;

/// <summary>The checkpoint that serves when none is given: the preset <c>tiny</c>, made on first use.</summary>
internal static class DefaultCheckpoint
{
    private const int Seed = 0;

    /// <summary>The given folder, or the default one, made when it is missing.</summary>
    public static string Resolve(DirectoryInfo? given)
    {
        if (given is not null)
        {
            return given.FullName;
        }

        string folder = Path.Combine(Home(), "artifacts", "checkpoints", "tiny");
        Console.Error.WriteLine($"vlm: no --model given: {folder} has random weights, so its answers mean nothing.");
        if (!Directory.Exists(folder))
        {
            Make(folder);
        }

        return folder;
    }

    /// <summary>Writes beside the target and renames, so that an interrupted first start leaves nothing half-written.</summary>
    private static void Make(string folder)
    {
        string draft = $"{folder}.{Environment.ProcessId}";
        NewCheckpoint.Create(draft, CheckpointPreset.Find("tiny"), Seed);
        try
        {
            Directory.Move(draft, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(draft, recursive: true); // another start was faster, with the same bytes
        }
    }

    /// <summary>Root of the checkout: set by ./vlm, else found above the program.</summary>
    private static string Home()
    {
        if (Environment.GetEnvironmentVariable("VLM_HOME") is { Length: > 0 } home)
        {
            return home;
        }

        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "PiToMe.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? AppContext.BaseDirectory;
    }
}
