using System.Net.ServerSentEvents;
using Vlm.Api.Access;
using Vlm.Api.Contracts;
using Vlm.Api.Metrics;
using Vlm.Api.Requests;
using Vlm.Api.Telemetry;
using Vlm.Core.Chat;

namespace Vlm.Api.Endpoints;

/// <summary>From a request that was read to its answer, whole or streamed, whatever the format.</summary>
internal static class Answering
{
    /// <summary>Answers a request.</summary>
    /// <param name="http">The request.</param>
    /// <param name="read">Reads it for the loaded model, within the deadline.</param>
    public static Task<IResult> RunAsync(
        HttpContext http, Func<LoadedModel, CancellationToken, Task<(ChatCommand Command, IAnswerFormat Format)>> read) =>
        http.RequestServices.GetRequiredService<Admission>().RunAsync<IResult>(http, async (model, deadline) =>
        {
            (ChatCommand command, IAnswerFormat format) = await read(model, deadline.Token);
            RequestFacts.Of(http).Sources = command.Sources;
            ChatInput input = command.Input with { Priority = RequestHeaders.ReadPriority(http.Request), Tenant = KeyGate.NameOf(http) };
            IAsyncEnumerator<ChatEvent> events = model.Chat(input, deadline.Token).GetAsyncEnumerator(deadline.Token);
            return command.Stream
                ? await StreamAsync(events, command, format, http, deadline)
                : TypedResults.Json(format.Whole(await ResultsAsync(events, command, http)));
        });

    private static async Task<ChatResult[]> ResultsAsync(IAsyncEnumerator<ChatEvent> events, ChatCommand command, HttpContext http)
    {
        var results = new ChatResult[command.Input.NumAnswers];
        await using (events)
        {
            while (await events.MoveNextAsync())
            {
                Note(events.Current, command, http);
                if (events.Current is ChatEvent.Done done)
                {
                    results[done.Index] = done.Result;
                }
            }
        }

        command.Names.Keep();
        return Array.TrueForAll(results, result => result is not null)
            ? results
            : throw new InvalidOperationException("chat: expected a result at the end of every answer, found none.");
    }

    /// <summary>
    /// Waits for the first event, so that a refusal still becomes an ordinary error answer; from then on an error is a frame.
    /// </summary>
    private static async Task<IResult> StreamAsync(
        IAsyncEnumerator<ChatEvent> events, ChatCommand command, IAnswerFormat format, HttpContext http, Deadline deadline)
    {
        bool any;
        try
        {
            any = await events.MoveNextAsync();
        }
        catch
        {
            await events.DisposeAsync();
            throw;
        }

        command.Names.Keep();
        http.Response.Headers["X-Accel-Buffering"] = "no"; // a proxy that collects pieces defeats the purpose
        return TypedResults.ServerSentEvents(FramesAsync(events, any, command, format, http, deadline));
    }

    private static async IAsyncEnumerable<SseItem<string>> FramesAsync(
        IAsyncEnumerator<ChatEvent> events, bool any, ChatCommand command, IAnswerFormat format, HttpContext http, Deadline deadline)
    {
        await using (events)
        {
            while (any)
            {
                Note(events.Current, command, http);
                foreach (SseItem<string> frame in format.Frames(events.Current))
                {
                    yield return frame;
                }

                (any, Problem? problem) = await NextAsync(events, http, deadline);
                if (problem is not null)
                {
                    yield return format.Error(problem);
                }
            }
        }
    }

    private static async Task<(bool Any, Problem? Problem)> NextAsync(
        IAsyncEnumerator<ChatEvent> events, HttpContext http, Deadline deadline)
    {
        try
        {
            return (await deadline.RunAsync(() => events.MoveNextAsync().AsTask()), null);
        }
        catch (Exception error) when (!http.RequestAborted.IsCancellationRequested)
        {
            Problem problem = ErrorResponses.From(error, http);
            RequestFacts.Of(http).Status = problem.Status;
            return (false, problem);
        }
    }

    private static void Note(ChatEvent happened, ChatCommand command, HttpContext http)
    {
        if (happened is ChatEvent.Done done)
        {
            http.RequestServices.GetRequiredService<ApiMetrics>().Count(done.Result);
            http.RequestServices.GetRequiredService<AnswerPace>().Note(TimeSpan.FromMilliseconds(done.Result.Timings.TotalMs));
            RequestFacts.Of(http).Result = done.Result;
            ChatSpans.Record(done.Result, command.Input);
        }
    }
}
