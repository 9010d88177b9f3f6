using System.CommandLine;
using Vlm.Cli;
using Vlm.Cli.Commands;

RootCommand root = new("""
    PiToMe.NET: LLaVA-1.5 with visual token merging chosen per request.

    Examples:
      ./vlm serve
      ./vlm chat --image photo.jpg --merge pitome:0.9 "What is in the picture?"
      ./vlm verify ../shared/golden --dtype float64
    """)
{
    ServeCommand.Create(),
    ChatCommand.Create(),
    TestCommand.Create(),
    VerifyCommand.Create(),
    InspectCommand.Create(),
    NewCheckpointCommand.Create(),
    ConvertCommand.Create(),
    DoctorCommand.Create(),
    BenchCommand.Create(),
    MergeCommand.Create(),
    EvalCommand.Create(),
    TrainCommand.Create(),
};
root.Options.Add(CommonOptions.Verbose);
root.Options.Add(CommonOptions.Threads);
return await Invocation.RunAsync(root, args);
