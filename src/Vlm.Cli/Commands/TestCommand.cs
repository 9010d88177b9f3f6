using System.CommandLine;
using Vlm.Api;

namespace Vlm.Cli.Commands;

/// <summary>Help text of <c>./vlm test</c>; the script itself runs the suite, since the program cannot rebuild itself.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        Command command = new("test", """
            The whole test suite, or the tests that a filter of `dotnet test --filter` selects.

            Examples:
              ./vlm test
              ./vlm test FullyQualifiedName~Safetensors
            """)
        {
            new Argument<string?>("FILTER") { Arity = ArgumentArity.ZeroOrOne },
        };
        command.SetAction(_ =>
        {
            Console.Error.WriteLine("vlm: test: expected to be started as ./vlm test, found the bare program.");
            return ExitCode.BadInput;
        });
        return command;
    }
}
