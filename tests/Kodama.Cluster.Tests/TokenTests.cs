using System.Net;
using System.Net.WebSockets;
using Kodama.Server;

namespace Kodama.Cluster.Tests;

/// <summary>What one hub revokes, all do (docs/specs/tokens.md, Several hubs).</summary>
public sealed class TokenTests(SharedServer redis) : IClassFixture<SharedServer>, IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly string root = Directory.CreateTempSubdirectory("kodama-tokens-").FullName;
    private readonly List<TokenFolder> folders = [];

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task Revoked_AtOneHub_EndsAtTheOthers_AndForever()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, configure: UseTokens);
        var (token, says) = folders[0].Create("Anna", ["lobby"], TokenRights.Write, Hour);
        using var elsewhere = await ConnectAsync(cluster.Hubs[1], token);

        folders[0].Revoke(says.Id);

        Assert.Equal(4001, await CloseAsync(elsewhere));
        await Deadline.UntilAsync(() => folders.TrueForAll(folder => RevokedIn(folder).Contains(says.Id)));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(cluster.Hubs[2], token));
    }

    [Fact]
    public async Task Revoked_WhileAHubWasAway_IsLearnedWhenItComes()
    {
        await using var cluster = await TestCluster.StartAsync(redis.Address, hubs: 2, configure: UseTokens);
        var (token, says) = folders[0].Create("Anna", [], TokenRights.Write, Hour);
        folders[0].Revoke(says.Id);
        await Deadline.UntilAsync(() => RevokedIn(folders[1]).Contains(says.Id));
        await cluster.StopAsync(cluster.Hubs[0]);

        // By a hub that has only been told of it.
        var late = await cluster.AddAsync(UseTokens);
        await cluster.MeetAsync();

        await Deadline.UntilAsync(() => AskAsync(late, token).GetAwaiter().GetResult() == HttpStatusCode.Forbidden);
    }

    // Each hub has a folder of its own, and all the same key.
    private void UseTokens(KodamaOptions options)
    {
        var folder = Path.Combine(root, $"{folders.Count}");
        if (folders is [var first, ..])
        {
            TokenFolder.Open(folder, TimeProvider.System);
            File.Copy(Path.Combine(first.Folder, "key"), Path.Combine(folder, "key"), overwrite: true);
        }
        folders.Add(TokenFolder.Open(folder, TimeProvider.System));
        options.UseTokens(folders[^1]);
    }

    private static string[] RevokedIn(TokenFolder folder) => File.ReadAllLines(Path.Combine(folder.Folder, "revoked"));

    private static async Task<ClientWebSocket> ConnectAsync(KodamaServer hub, string token)
    {
        var socket = new ClientWebSocket();
        var address = new UriBuilder(TestCluster.Address(hub)) { Scheme = "ws", Path = "/ws/lobby", Query = $"token={token}" }.Uri;
        await socket.ConnectAsync(address, CancellationToken.None).Within();
        return socket;
    }

    private static async Task<int?> CloseAsync(ClientWebSocket socket)
    {
        while ((await socket.ReceiveAsync(new byte[256], CancellationToken.None).Within()).MessageType != WebSocketMessageType.Close)
        {
        }
        return (int?)socket.CloseStatus;
    }

    private static async Task<HttpStatusCode> AskAsync(KodamaServer hub, string token)
    {
        using var http = new HttpClient { Timeout = Deadline.Default };
        using var answer = await http.GetAsync(new Uri(TestCluster.Address(hub), $"/api/rooms?token={token}"));
        return answer.StatusCode;
    }
}
