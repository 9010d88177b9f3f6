using Vlm.Core;

namespace Vlm.Cli;

/// <summary>The trained checkpoint that is used when none is given: <c>assets/checkpoints/scenes</c> of this
/// repository.</summary>
internal static class DefaultCheckpoint
{
    private static readonly string[] Place = ["assets", "checkpoints", "scenes"];

    /// <summary>The given folder, or the embedded one.</summary>
    public static string Resolve(DirectoryInfo? given) =>
        given?.FullName ?? RepositoryFiles.Find(Place) ?? Path.Combine([AppContext.BaseDirectory, .. Place]);
}
