namespace Kodama.Bench.Receiving;

/// <summary>A client that hears the numbered messages of a room.</summary>
internal abstract class Receiver(string name, string what)
{
    /// <summary>The room, at the hub.</summary>
    public const string Room = "bench";

    /// <summary>Each client behind the socket that it stands on.</summary>
    public static IReadOnlyList<Receiver> All { get; } =
        [new RawSocketReceiver(), new ClientReceiver(), new KodamaSocketReceiver(), new RoomsReceiver()];

    public string Name => name;

    public string What => what;

    /// <summary>Comes in, says so, and hears; each message's number, which counts from 0. It is not asked for more than are sent.</summary>
    public abstract IAsyncEnumerable<long> HearAsync(int port, Action joined, CancellationToken cancellationToken);
}
