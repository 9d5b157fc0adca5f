namespace Kodama.Bench.Load;

internal sealed record LoadOptions
{
    public required LoadMode Mode { get; init; }

    public required int Port { get; init; }

    /// <summary>"%d" in it becomes the number of the room: in echo mode every connection has its own. What follows a "#" is the room to ask
    /// for by a message (sio).</summary>
    public required string Path { get; init; }

    public string Protocol { get; init; } = "raw";

    /// <summary>Whether to speak TLS, and to believe any certificate (echo, fanout, idle).</summary>
    public bool Tls { get; init; }

    /// <summary>Whether to resume sessions of TLS.</summary>
    public bool Resumes { get; init; }

    /// <summary>Connections of all modes but fanout.</summary>
    public int Connections { get; init; } = 100;

    public int Rooms { get; init; } = 1;

    /// <summary>Subscribers in each room.</summary>
    public int Subscribers { get; init; } = 200;

    /// <summary>Publishers in each room.</summary>
    public int Publishers { get; init; } = 1;

    /// <summary>Messages per second, of all publishers together.</summary>
    public double Rate { get; init; } = 1000;

    /// <summary>Messages that are there before a crowd comes (resume).</summary>
    public int Kept { get; init; } = 10_000;

    /// <summary>Messages in flight per connection in echo mode.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>Bytes of a message, at least those of its <see cref="Stamp"/>; the wire adds what the protocol wraps around it.</summary>
    public int Size { get; init; } = 64;

    public bool Binary { get; init; }

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Loopback addresses to connect from, beginning at 127.0.0.2: one address has only some 28,000 ports.</summary>
    public int Sources { get; init; } = 1;

    /// <summary>The server, to read its CPU time and memory; 0 for none.</summary>
    public int ServerProcessId { get; init; }

    public int ConnectionCount => Mode == LoadMode.Fanout ? Rooms * (Subscribers + Publishers) : Connections;

    /// <summary>Why these cannot be run, or null.</summary>
    public string? Error() => this switch
    {
        { Size: < Stamp.Length or > MaxSize } => $"--size is {Size}; it must be {Stamp.Length} to {MaxSize}.",
        { Mode: LoadMode.Fanout } when Rooms * Publishers > Stamp.MaxPublishers =>
            $"{Rooms * Publishers} publishers; at most {Stamp.MaxPublishers} fit the stamp.",
        { Protocol: not ("raw" or "signalr" or "sio" or "pusher" or "ably") } =>
            $"--proto is {Protocol}; it must be raw, signalr, sio, pusher or ably.",
        { Mode: LoadMode.Acks, Protocol: not "ably" } => "Acknowledgements are Ably's: --proto ably.",
        { Mode: LoadMode.Polling, Protocol: not "sio" } => "Polling is Socket.IO's: --proto sio.",
        { Mode: LoadMode.Echo or LoadMode.Polling, Connections: > Stamp.MaxPublishers } =>
            $"--conns is {Connections}; at most {Stamp.MaxPublishers} fit the stamp.",
        _ => null,
    };

    /// <summary>Where a connection of this room goes, and the room that it asks for there.</summary>
    public (string Path, string? Room) AddressOf(int room)
    {
        var address = Path.Replace("%d", room.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Split('#', 2);
        return (address[0], address.ElementAtOrDefault(1));
    }

    private const int MaxSize = 16 * 1024;
}
