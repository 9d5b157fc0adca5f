using Kodama.Testing;

namespace Kodama.Hostile.Tests;

/// <summary>
/// How a hub says no to a request: with an error of the client's, or by ending the connection; never with one of its own.
/// </summary>
internal static class Refusal
{
    private const int NotImplemented = 501;
    private const int VersionNotSupported = 505;

    /// <summary>Reads answers until the connection ends or as many have come, and says their statuses.</summary>
    public static async Task<List<int>> StatusesAsync(RawClient client, int most = 1)
    {
        var statuses = new List<int>();
        await Crowd.ToleratesEndAsync(async () =>
        {
            while (statuses.Count < most && await client.ReadResponseAsync() is { } response) statuses.Add(response.Status);
        });
        Assert.All(statuses, status => Assert.True(status is < 500 or NotImplemented or VersionNotSupported,
            $"The hub answered {status}."));
        return statuses;
    }

    /// <summary>The request is not taken: 4xx, or the end of the connection.</summary>
    public static async Task IsAsync(RawClient client) =>
        Assert.All(await StatusesAsync(client), status => Assert.True(status >= 400, $"The hub answered {status}."));
}
