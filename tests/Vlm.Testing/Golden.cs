using Xunit;

namespace Vlm.Testing;

/// <summary>The reference data beside the checkout (<c>../shared</c>); tests that need it are skipped, with a reason, where it is absent.</summary>
public static class Golden
{
    /// <summary>Root of this checkout: the folder that holds PiToMe.sln.</summary>
    public static string Root { get; } = FindRoot();

    private static string Shared => Environment.GetEnvironmentVariable("VLM_SHARED") ?? Path.Combine(Root, "..", "shared");

    /// <summary>Path below <c>shared/golden</c>; skips the running test when the folder is absent.</summary>
    public static string Folder(params string[] parts) => Existing(["golden", .. parts]);

    /// <summary>Path below <c>shared/spec</c>; skips the running test when the folder is absent.</summary>
    public static string Spec(params string[] parts) => Existing(["spec", .. parts]);

    private static string Existing(string[] parts)
    {
        Skip.IfNot(Directory.Exists(Shared), $"Reference data not found at {Path.GetFullPath(Shared)}; set VLM_SHARED or place it there.");
        return Path.Combine([Shared, .. parts]);
    }

    private static string FindRoot()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "PiToMe.sln")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException($"PiToMe.sln: expected above {AppContext.BaseDirectory}, found nowhere.");
    }
}
