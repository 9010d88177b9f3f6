using System.Security.Cryptography;
using System.Text;
using Vlm.Testing;

namespace Vlm.Clients.Tests;

/// <summary>The servers of all tests here: one for everybody, one with keys and small bodies.</summary>
public sealed class Servers : IAsyncLifetime
{
    /// <summary>A key without limits, of the server that has keys.</summary>
    public const string Key = "test";

    /// <summary>A key that may ask once a minute.</summary>
    public const string SlowKey = "slow";

    /// <summary>Without keys.</summary>
    internal ServerProcess Open { get; private set; } = null!;

    /// <summary>With keys, and bodies of a million bytes at most.</summary>
    internal ServerProcess Keyed { get; private set; } = null!;

    /// <summary>Folder of the example pictures.</summary>
    public static string Pictures { get; } = Path.Combine(Golden.Root, "assets", "pictures", "scenes");

    public async Task InitializeAsync()
    {
        Open = await ServerProcess.StartAsync(null, new Dictionary<string, string>());
        Keyed = await ServerProcess.StartAsync(Key, new Dictionary<string, string>
        {
            ["Auth__Keys__0__Name"] = "test",
            ["Auth__Keys__0__Hash"] = Hash(Key),
            ["Auth__Keys__1__Name"] = "slow",
            ["Auth__Keys__1__Hash"] = Hash(SlowKey),
            ["Auth__Keys__1__RequestsPerMinute"] = "1",
            ["Limits__MaxBodyBytes"] = "1000000",
        });
    }

    public Task DisposeAsync()
    {
        Open?.Dispose();
        Keyed?.Dispose();
        return Task.CompletedTask;
    }

    private static string Hash(string key) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}

/// <summary>Tests that share the servers; one class after the other.</summary>
[CollectionDefinition(Name)]
public sealed class SharedServers : ICollectionFixture<Servers>
{
    public const string Name = "servers";
}
