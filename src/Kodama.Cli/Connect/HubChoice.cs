using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Client;
using Kodama.Discovery;

namespace Kodama.Cli.Connect;

/// <summary>Which hub to join: the one that is named; else the first that is found, or the one that a person picks from several.</summary>
internal static class HubChoice
{
    // Long enough for every hub of a network to answer, short enough to wait for.
    private static readonly TimeSpan LookAround = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan LongestLookup = TimeSpan.FromSeconds(3);

    // Enough to see what a room is about.
    private const int ShownBefore = 20;

    /// <summary>A connection that is not started yet.</summary>
    public static async Task<IConnection> CreateAsync(
        ConnectOptions options, bool asks, Terminal terminal, CancellationToken cancellationToken)
    {
        if (options.Hub is { } named)
        {
            var address = RoomAddress.TryParse(named);
            IConnection Raw() => new RawConnection(KodamaClient.Create(named, RawOptions(options, asks)), options.Room is not null);
            if (address is null && HubPlace.TryParse(named) is not null) return Raw();
            if (address is null) return Either(KodamaRooms.Create(named, RoomsOptions(options, asks)), options, asks, Raw);
            // Nobody else is to be told of a protocol that they do not know: some would hand it on to people.
            if (!await address.IsHubAsync(options, cancellationToken)) return Raw();
            var rooms = KodamaRooms.Create(address.Socket, RoomsOptions(options, asks));
            return Either(rooms, options with { Room = options.Room ?? address.Room }, asks, Raw);
        }
        var found = asks
            ? await HubPrompt.PickAsync(await AllAsync(options, cancellationToken), terminal, Keyboard.Keys, cancellationToken)
            : await FirstAsync(options, cancellationToken);
        if (found is null)
        {
            throw new CommandException(
                ExitCode.NotFound,
                $"no hub was found within {options.Timeout.TotalSeconds:0.###} s. Is one running (kodama serve), and on this network? "
                    + "kodama scan --watch waits until one comes, kodama doctor says what may be in the way.");
        }
        if (!asks) terminal.WriteError($"kodama: {HubWords.Name(found)} is the first hub that was found.");
        return Either(
            KodamaRooms.Create(found, RoomsOptions(options, asks)), options, asks,
            () => new RawConnection(KodamaClient.Create(found, RawOptions(options, asks)), options.Room is not null));
    }

    private static EitherConnection Either(KodamaRooms rooms, ConnectOptions options, bool isPerson, Func<IConnection> raw) =>
        new(new RoomConnection(rooms, options.Room, isPerson ? ShownBefore : 0), raw);

    private static KodamaRoomsOptions RoomsOptions(ConnectOptions options, bool isPerson) =>
        Ask(new KodamaRoomsOptions(), options, isPerson);

    // What is typed, or comes by the pipe, while the connection is away waits for it.
    private static KodamaClientOptions RawOptions(ConnectOptions options, bool isPerson) =>
        Ask(new KodamaClientOptions { Room = options.Room, WaitForConnection = true }, options, isPerson);

    private static T Ask<T>(T asked, ConnectOptions options, bool isPerson)
        where T : KodamaConnectionOptions
    {
        asked.Token = options.Token;
        asked.ConnectTimeout = options.Timeout;
        asked.CertificateFingerprint = options.Pin;
        asked.KnownHubs = Trust.KnownHubsFile.Path;
        // An end that says which hubs there are comes before the one that says it took too long.
        asked.Scan = ScanOptions(options, Lookup(options));
        foreach (var (key, value) in options.Told(isPerson)) asked.Details[key] = value;
        // Only who shows people must know their own connection among them.
        if (isPerson || options.Json) asked.Details[RoomPeer.SessionDetail] = options.Session;
        return asked;
    }

    // With a token a name is looked for until the scan ends: that leaves the rest of the time to connect in.
    private static TimeSpan Lookup(ConnectOptions options) => options.Timeout / 2 < LongestLookup ? options.Timeout / 2 : LongestLookup;

    private static ScanOptions ScanOptions(ConnectOptions options, TimeSpan timeout)
    {
        var asked = new ScanOptions { Timeout = timeout };
        foreach (var name in options.Interfaces) asked.Interfaces.Add(name);
        return asked;
    }

    private static async Task<FoundHub?> FirstAsync(ConnectOptions options, CancellationToken cancellationToken)
    {
        await foreach (var hub in Scanner.ScanAsync(ScanOptions(options, options.Timeout), cancellationToken)) return hub;
        return null;
    }

    // Looks around for a moment, and on until there is one.
    private static async Task<IReadOnlyList<FoundHub>> AllAsync(ConnectOptions options, CancellationToken cancellationToken)
    {
        var found = new List<FoundHub>();
        var around = options.Timeout < LookAround ? options.Timeout : LookAround;
        await foreach (var hub in Scanner.ScanAsync(ScanOptions(options, around), cancellationToken)) found.Add(hub);
        if (found.Count == 0 && await FirstAsync(options, cancellationToken) is { } late) found.Add(late);
        return found;
    }
}
