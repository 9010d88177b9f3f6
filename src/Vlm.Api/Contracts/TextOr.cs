namespace Vlm.Api.Contracts;

/// <summary>A field that takes a plain string as its short form; on the wire just the string or just the value.</summary>
/// <typeparam name="T">Type of the long form.</typeparam>
public sealed record TextOr<T>
    where T : class
{
    /// <summary>The short form; null when the long form was given.</summary>
    public string? Text { get; init; }

    /// <summary>The long form; null when the short form was given.</summary>
    public T? Value { get; init; }
}
