using System.CommandLine;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm merge ...</c>: merging explained, counted and made visible.</summary>
internal static class MergeCommand
{
    public static Command Create() => new("merge", "Token merging: the theorem in numbers, costs, pictures of what each method does.")
    {
        MergeCostCommand.Create(),
        MergeShowCommand.Create(),
        MergeTheoryCommand.Create(),
    };
}
