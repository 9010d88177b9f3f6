namespace Vlm.Core;

/// <summary>Files of this repository that the program needs.</summary>
public static class RepositoryFiles
{
    /// <summary>Set by <c>./vlm</c>: the root of its checkout.</summary>
    private const string Home = "VLM_HOME";

    /// <summary>Finds a file or folder below the checkout's root, beside the program, or in a folder above it.</summary>
    /// <param name="parts">Its path.</param>
    /// <returns>The whole path; null when it is nowhere.</returns>
    public static string? Find(params string[] parts) =>
        Roots().Select(root => Path.Combine([root, .. parts])).FirstOrDefault(Path.Exists);

    private static IEnumerable<string> Roots()
    {
        if (Environment.GetEnvironmentVariable(Home) is { Length: > 0 } home)
        {
            yield return home;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }
}
