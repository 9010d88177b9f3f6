using System.CommandLine;
using System.Text.Json;
using Vlm.Api;
using Vlm.Core.Chat;
using Vlm.Core.Engine;
using Vlm.Core.Text;
using Vlm.Merge;

namespace Vlm.Cli.Commands;

/// <summary><c>./vlm chat</c>: one answer on standard output, or a conversation.</summary>
internal static class ChatCommand
{
    private sealed record Options(
        Option<DirectoryInfo?> Model, Option<FileInfo[]> Images, Option<string?> Merge, Option<int?> ImageTokens, Option<int> MaxTokens,
        Option<double> Temperature, Option<bool> Json, Option<string> Device, Option<string> DType, Option<string> Weights, Argument<string?> Prompt);

    public static Command Create()
    {
        Options options = new(
            CommonOptions.Model(),
            new Option<FileInfo[]>("--image") { Description = "Picture file; repeatable.", AllowMultipleArgumentsPerToken = false }.AcceptExistingOnly(),
            new("--merge") { Description = "Token merging: none, or METHOD[/PROFILE]:RATIO[,OPTION=VALUE...]; docs/merging.md lists them." },
            new("--image-tokens") { Description = "Keep at most this many visual tokens per picture (pitome)." },
            new("--max-tokens") { Description = "Longest answer.", DefaultValueFactory = _ => 128 },
            new("--temperature") { Description = "0 is greedy.", DefaultValueFactory = _ => 0 },
            new("--json") { Description = "Print the response object of POST /chat instead of the text." },
            CommonOptions.Device(),
            CommonOptions.DType(),
            CommonOptions.Weights(),
            new("PROMPT") { Description = "The question; a conversation on standard input without it.", Arity = ArgumentArity.ZeroOrOne });
        Command command = new("chat", """
            One answer on standard output as it is made, or a conversation when no prompt is given.

            Examples:
              ./vlm chat --image photo.jpg "What is in the picture?"
              ./vlm chat --image photo.jpg --merge pitome:0.9 --json "How many people?"
              ./vlm chat --image photo.jpg --image-tokens 64
              ./vlm chat --image photo.jpg --merge tome/paper:r=16,inflection=-1 "What is behind the dog?"
            """)
        {
            options.Model, options.Images, options.Merge, options.ImageTokens, options.MaxTokens, options.Temperature, options.Json,
            options.Device, options.DType, options.Weights, options.Prompt,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(options.Merge) is not null && result.GetResult(options.ImageTokens) is not null)
            {
                result.AddError("merging: expected one of --merge and --image-tokens, found both.");
            }
        });
        command.SetAction((parsed, cancel) => RunAsync(parsed, options, cancel));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Options options, CancellationToken cancel)
    {
        using ModelSource source = ModelSource.Open(
            DefaultCheckpoint.Resolve(parsed.GetValue(options.Model)), parsed.GetValue(options.DType)!, parsed.GetValue(options.Device)!,
            weights: parsed.GetValue(options.Weights)!);
        byte[][] images = [.. (parsed.GetValue(options.Images) ?? []).Select(file => File.ReadAllBytes(file.FullName))];
        ChatInput first = new()
        {
            Messages = [],
            Images = images,
            Merge = Merge(parsed, options, source),
            Sampling = new SamplingOptions { MaxTokens = parsed.GetValue(options.MaxTokens), Temperature = parsed.GetValue(options.Temperature) },
        };
        using ChatPreparer preparer = new(source.Tokenizer, source.Preprocessor, source.Description);
        await using VlmEngine engine = VlmEngine.Start(source, new EngineOptions { MaxBatchSize = 1, WarmUp = false });
        await engine.Ready.WaitAsync(cancel);
        Conversation conversation = new(new ChatService(engine, preparer), first, parsed.GetValue(options.Json));
        await conversation.RunAsync(parsed.GetValue(options.Prompt), cancel);
        return ExitCode.Done;
    }

    private static MergeSpec Merge(ParseResult parsed, Options options, ModelSource source) =>
        parsed.GetValue(options.ImageTokens) is { } budget
            ? TokenMergers.Resolve("pitome", null, null, budget, source.Description.MergeShape)
            : parsed.GetValue(options.Merge) is { } spec ? MergeSpec.Parse(spec, source.Description.MergeShape) : MergeSpec.None;

    /// <summary>The turns so far; the pictures belong to the first one.</summary>
    private sealed class Conversation(ChatService service, ChatInput first, bool asJson)
    {
        private readonly List<ChatMessage> _messages = [];

        /// <summary>Answers the prompt, or every line of standard input.</summary>
        public async Task RunAsync(string? prompt, CancellationToken cancel)
        {
            if (prompt is not null)
            {
                await AnswerAsync(prompt, cancel);
                return;
            }

            while (await NextLineAsync(cancel) is { } line)
            {
                if (!string.IsNullOrWhiteSpace(line))
                {
                    await AnswerAsync(line, cancel);
                }
            }
        }

        private static async Task<string?> NextLineAsync(CancellationToken cancel)
        {
            if (!Console.IsInputRedirected)
            {
                Console.Error.Write("> ");
            }

            return await Console.In.ReadLineAsync(cancel);
        }

        private async Task AnswerAsync(string prompt, CancellationToken cancel)
        {
            _messages.Add(Turn(prompt));
            await foreach (ChatEvent item in service.ChatAsync(first with { Messages = _messages }, cancel))
            {
                switch (item)
                {
                    case ChatEvent.Piece piece when !asJson:
                        Console.Write(piece.Text);
                        break;
                    case ChatEvent.Done done:
                        Console.WriteLine(asJson ? JsonSerializer.Serialize(done.Result, ChatJson.Options) : "");
                        Remember(done.Result.Answer);
                        break;
                }
            }
        }

        /// <summary>Keeps the answer for the next turn; an empty one takes its question along, since no turn may be empty.</summary>
        private void Remember(string answer)
        {
            if (answer.Length > 0)
            {
                _messages.Add(new ChatMessage("assistant", [new ChatPart.Text(answer)]));
            }
            else
            {
                _messages.RemoveAt(_messages.Count - 1);
            }
        }

        private ChatMessage Turn(string prompt)
        {
            IEnumerable<ChatPart> pictures = _messages.Count == 0 ? Enumerable.Range(0, first.Images.Count).Select(i => new ChatPart.Image(i)) : [];
            return new ChatMessage("user", [.. pictures, new ChatPart.Text(prompt)]);
        }
    }
}
