using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Vlm.Api.Tests;

/// <summary>One line of the log with everything that went into it.</summary>
internal sealed record LogLine(int Id, LogLevel Level, string Text, Exception? Error);

/// <summary>Keeps what is logged.</summary>
internal sealed class CapturedLogs : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly SemaphoreSlim _arrived = new(0);

    /// <summary>The lines so far.</summary>
    public IReadOnlyCollection<LogLine> Lines => _lines;

    /// <summary>Waits for a line of this id; the request log is written after the client has its answer.</summary>
    public async Task<LogLine> NextAsync(int id)
    {
        while (true)
        {
            if (_lines.FirstOrDefault(l => l.Id == id) is { } line)
            {
                return line;
            }

            Assert.True(await _arrived.WaitAsync(TimeSpan.FromSeconds(30)), $"no log line with id {id}");
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this);

    /// <summary>Nothing: a server that ends logs to the last, and tests read what it logged.</summary>
    public void Dispose()
    {
    }

    private sealed class Logger(CapturedLogs owner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            string values = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join("; ", pairs) : "";
            owner._lines.Enqueue(new(eventId.Id, logLevel, $"{formatter(state, exception)} | {values}", exception));
            owner._arrived.Release();
        }
    }
}
