using System.CommandLine;
using Vlm.Api;
using Vlm.Eval.Runs;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm eval merge</c>: the parts of a sharded run to one.</summary>
internal static class EvalMergeCommand
{
    public static Command Create()
    {
        Argument<DirectoryInfo[]> runs = new("RUN") { Description = "Folders that hold the parts.", Arity = ArgumentArity.OneOrMore };
        runs.AcceptExistingOnly();
        Option<DirectoryInfo> target = new("--out") { Description = "Folder of the joined run.", Required = true };
        Command command = new("merge", """
            Joins the parts of a sharded run, after checking that every part is there, finished, and of the same run.

            Example:
              ./vlm eval merge runs/part-* --out runs/whole
            """)
        {
            runs, target,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<RunSettingFiles> settings = RunSettingFiles.Find(parsed.GetValue(runs)!.Select(run => run.FullName));
            foreach (RunSettingFiles setting in settings)
            {
                setting.Check();
            }

            foreach (RunSettingFiles setting in settings)
            {
                int count = RunMerge.Write(setting, parsed.GetValue(target)!.FullName);
                Console.WriteLine($"{setting.Benchmark} {setting.Merge}: {count} answers of {setting.Parts.Count} parts");
            }

            return ExitCode.Done;
        });
        return command;
    }
}
