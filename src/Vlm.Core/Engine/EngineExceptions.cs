namespace Vlm.Core.Engine;

/// <summary>More requests run and wait than <see cref="EngineOptions.MaxBatchSize"/> and <see cref="EngineOptions.MaxQueue"/> allow
/// together; try later.</summary>
public sealed class QueueFullException(int limit)
    : Exception($"Engine: expected at most {limit} requests, running and waiting, found {limit + 1}.");

/// <summary>A setting of a request is out of its range.</summary>
/// <param name="name">Its name, as on the wire.</param>
/// <param name="message">Expected and found.</param>
public sealed class SettingException(string name, string message) : ArgumentException($"{name}: {message}")
{
    /// <summary>Its name, as on the wire.</summary>
    public string Name { get; } = name;
}

/// <summary>The request needs more cache than there is, however long it waits.</summary>
public sealed class RequestTooLargeException(string message) : ArgumentException(message);

/// <summary>The engine takes no requests or stopped while it had one.</summary>
public sealed class EngineUnavailableException(EngineStatus status, Exception? inner = null)
    : Exception($"Engine: expected it to be {EngineStatus.Ready}, found it {status}.", inner)
{
    /// <summary>What it was instead of ready.</summary>
    public EngineStatus Status { get; } = status;
}
