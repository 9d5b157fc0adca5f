using System.Text;
using System.Text.Json;
using Kodama.Server;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kodama.SocketIO.Tests;

/// <summary>A Socket.IO server on a hub and a clock of its own, with sessions that tests hold in their hands.</summary>
internal sealed class TestServer : IDisposable
{
    public TestServer(
        Action<SocketIOOptions>? configure = null, HubRules? rules = null, HubOptions? hub = null, ILogger<SocketIOServer>? logger = null,
        IEngine? engine = null)
    {
        Hub = new Hub(hub, rules, Clock, engine: engine);
        var options = new SocketIOOptions();
        configure?.Invoke(options);
        IO = new SocketIOServer(Hub, options, "lobby", logger ?? NullLogger<SocketIOServer>.Instance);
    }

    public FakeClock Clock { get; } = new();

    public Hub Hub { get; }

    public SocketIOServer IO { get; }

    /// <summary>Another server of the same hub.</summary>
    public SocketIOServer Add(string path, Action<SocketIOOptions>? configure = null)
    {
        var options = new SocketIOOptions { Path = path };
        configure?.Invoke(options);
        return new SocketIOServer(Hub, options, "lobby", NullLogger<SocketIOServer>.Instance);
    }

    public FakeSession Open(string query = "", EngineVersion version = EngineVersion.V4) => new(IO, query, version);

    /// <summary>A client in a namespace.</summary>
    public async Task<TestClient> ComeAsync(string space = "/", string auth = "", string query = "")
    {
        var client = new TestClient(this, Open(query), space);
        await client.ConnectAsync(auth);
        return client;
    }

    /// <summary>A peer of the WebSocket door, in a room.</summary>
    public async Task<RawPeer> ComeRawAsync(string room = "lobby")
    {
        var link = new RawPeer();
        var admission = await Hub.AdmitAsync(new PeerDescription { Door = "websocket", Encoder = new RawEncoder(null) }, link);
        link.Peer = admission.Peer!;
        await link.JoinAsync(room);
        return link;
    }

    public void Dispose() => IO.Dispose();
}

/// <summary>One client in one namespace.</summary>
internal sealed class TestClient(TestServer server, FakeSession session, string space)
{
    private string Prefix => space == "/" ? "" : space + ",";

    public FakeSession Session => session;

    public string Id { get; private set; } = "";

    public string? Pid { get; private set; }

    public SocketIOSocket Socket => server.IO.Of(space).Sockets[Id];

    public async Task ConnectAsync(string auth = "")
    {
        await session.SendAsync($"0{Prefix}{auth}");
        Read(await session.ReadAsync());
    }

    public void Read(string connect)
    {
        Assert.StartsWith($"0{Prefix}{{", connect, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(connect[(1 + Prefix.Length)..]);
        Id = document.RootElement.GetProperty("sid").GetString()!;
        Pid = document.RootElement.TryGetProperty("pid", out var pid) ? pid.GetString() : null;
    }

    public Task EmitAsync(string array, long? ack = null) => session.SendAsync($"2{Prefix}{ack}{array}");

    public Task EmitAckAsync(long id, string array) => session.SendAsync($"3{Prefix}{id}{array}");

    public Task<string> ReadAsync() => session.ReadAsync();
}

/// <summary>A peer of another door, which keeps what it gets.</summary>
internal sealed class RawPeer : IPeerLink
{
    private readonly StringBuilder got = new();

    public Peer Peer { get; set; } = null!;

    public string Got
    {
        get
        {
            lock (got) return got.ToString();
        }
    }

    /// <summary>As its door does.</summary>
    public async Task<JoinResult> JoinAsync(string room) => (await Peer.Hub.JoinAsync(Peer, new JoinRequest { Room = room })).Result;

    public void Say(string text)
    {
        using var batch = FlushBatch.Rent();
        _ = Peer.Hub.PublishAsync(Peer, Peer.Room!, text, Message.DefaultEvent, batch).AsTask();
    }

    public void Flush()
    {
        lock (got)
        {
            while (Peer.Outbox.Peek() is { IsEmpty: false } bytes)
            {
                // Short frames: their text behind two bytes.
                for (var frames = bytes.Span; !frames.IsEmpty; frames = frames[(2 + frames[1])..])
                    got.Append(Encoding.UTF8.GetString(frames.Slice(2, frames[1]))).Append('|');
                Peer.Outbox.Advance(bytes.Length);
            }
        }
    }

    public void Close(CloseReason reason)
    {
    }
}
