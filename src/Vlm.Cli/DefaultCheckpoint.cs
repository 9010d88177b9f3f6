namespace Vlm.Cli;

/// <summary>The trained checkpoint that is used when none is given: <c>assets/checkpoints/scenes</c> of this
/// repository.</summary>
internal static class DefaultCheckpoint
{
    /// <summary>The given folder, or the embedded one.</summary>
    public static string Resolve(DirectoryInfo? given) =>
        given?.FullName ?? Path.Combine(Home(), "assets", "checkpoints", "scenes");

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
