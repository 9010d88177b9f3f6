namespace Vlm.Api.Tests;

/// <summary>One server for all tests of a class that change nothing about it.</summary>
public sealed class ReadyServer : IAsyncLifetime
{
    /// <summary>A client of the server, which has loaded its model.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>The server.</summary>
    internal ApiApplication App { get; } = new();

    public async Task InitializeAsync() => Client = await App.ReadyClientAsync();

    public async Task DisposeAsync() => await App.DisposeAsync();
}
