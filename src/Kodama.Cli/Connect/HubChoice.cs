using System.Runtime.CompilerServices;
using Kodama.Cli.Hubs;
using Kodama.Cli.Terminals;
using Kodama.Client;
using Kodama.Discovery;
using Spectre.Console;

namespace Kodama.Cli.Connect;

/// <summary>Which hub to join: the one that is named; else the first that is found, or the one that a person picks from several.</summary>
internal static class HubChoice
{
    // Long enough for every hub of a network to answer, short enough to wait for.
    private static readonly TimeSpan LookAround = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan LongestLookup = TimeSpan.FromSeconds(3);

    /// <summary>A client that is not started yet.</summary>
    public static async Task<KodamaClient> CreateAsync(
        ConnectOptions options, bool asks, Terminal terminal, CancellationToken cancellationToken)
    {
        if (options.Hub is { } named) return KodamaClient.Create(named, ClientOptions(options, asks));
        var found = asks
            ? await PickAsync(await AllAsync(options, cancellationToken), cancellationToken)
            : await FirstAsync(options, cancellationToken);
        if (found is null)
        {
            throw new CommandException(
                ExitCode.NotFound,
                $"no hub was found within {options.Timeout.TotalSeconds:0.###} s. Is one running (kodama serve), and on this network? "
                    + "kodama scan --watch waits until one comes, kodama doctor says what may be in the way.");
        }
        if (!asks) terminal.WriteError($"kodama: {HubWords.Name(found)} is the first hub that was found.");
        return KodamaClient.Create(found, ClientOptions(options, asks));
    }

    private static KodamaClientOptions ClientOptions(ConnectOptions options, bool isPerson)
    {
        var asked = new KodamaClientOptions
        {
            Room = options.Room,
            Token = options.Token,
            ConnectTimeout = options.Timeout,
            CertificateFingerprint = options.Pin,
            // What is typed, or comes by the pipe, while the connection is away waits for it.
            WaitForConnection = true,
            // An end that says which hubs there are comes before the one that says it took too long.
            Scan = ScanOptions(options, Lookup(options)),
        };
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

    private static async Task<FoundHub?> PickAsync(IReadOnlyList<FoundHub> found, CancellationToken cancellationToken) =>
        found.Count switch { 0 => null, 1 => found[0], _ => await PromptAsync(found, cancellationToken) };

    // The prompt's library is loaded only for it. It reads markup, which the names of strangers must not be.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<FoundHub> PromptAsync(IReadOnlyList<FoundHub> found, CancellationToken cancellationToken) =>
        new SelectionPrompt<FoundHub>()
            .Title("Which hub?")
            .UseConverter(hub => Markup.Escape($"{HubWords.Name(hub)}  {HubWords.Address(hub)}  {HubWords.Details(hub)}"))
            .AddChoices(found)
            .ShowAsync(AnsiConsole.Console, cancellationToken);
}
