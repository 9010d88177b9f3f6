using System.CommandLine;
using Vlm.Api;
using Vlm.Eval.Data;
using Vlm.Eval.Submissions;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm eval submission</c>: answers in the form of an evaluation server.</summary>
internal static class EvalSubmissionCommand
{
    public static Command Create()
    {
        Option<string> benchmark = new("--benchmark") { Description = "vqav2_testdev, vizwiz_test, mmbench, mmbench_cn or mmvet.", Required = true };
        Option<DirectoryInfo> data = EvalOptions.Data();
        Option<FileInfo> answers = new("--answers") { Description = "Answers as JSON Lines.", Required = true };
        Option<FileInfo> target = new("--out") { Description = "File to write: JSON, or xlsx for MMBench.", Required = true };
        Command command = new("submission", """
            Writes the file that a benchmark's evaluation server takes.

            Example:
              ./vlm eval submission --benchmark mmbench --data playground/data/eval --answers runs/a/mmbench/none/answers.jsonl --out mmbench.xlsx
            """)
        {
            benchmark, data, answers, target,
        };
        command.SetAction(parsed =>
        {
            SubmissionCounts counts = Submission.Write(
                parsed.GetValue(benchmark)!, new DataFolder(parsed.GetValue(data)!.FullName), AnswerFile.Read(parsed.GetValue(answers)!.FullName),
                parsed.GetValue(target)!.FullName);
            Console.WriteLine($"{parsed.GetValue(target)!.FullName}: {counts}");
            return ExitCode.Done;
        });
        return command;
    }
}
