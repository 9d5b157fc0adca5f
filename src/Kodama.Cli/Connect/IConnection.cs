using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>What a conversation goes over: a room of kodama.v1, or any WebSocket server.</summary>
internal interface IConnection : IAsyncDisposable
{
    /// <summary>Connects.</summary>
    /// <exception cref="KodamaClientException">It is not, and will not be.</exception>
    Task StartAsync(CancellationToken stopping);

    /// <summary>From the beginning to the end.</summary>
    IAsyncEnumerable<ClientStatus> WatchStatusAsync();

    /// <summary>Where the hub is, of a connection, and the room, once it is known.</summary>
    SocketPlace PlaceOf(ClientStatus.Connected connected);

    /// <summary>Ends when it is in the room, whose messages come from then on; or when it never will be. Does not throw.</summary>
    Task EnteredAsync();

    /// <summary>Whether what is heard has a place in the room.</summary>
    bool HasPlaces { get; }

    /// <summary>What is heard; once it has started. Ends with the connection, with why.</summary>
    IAsyncEnumerable<Heard> ListenAsync();

    /// <summary>Says lines until they end, in their order.</summary>
    /// <param name="lines">What to say.</param>
    /// <param name="isPipe">Whether a line that may be lost is said again.</param>
    /// <param name="view">Told of what goes wrong with a line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When all are said.</returns>
    Task TalkAsync(IAsyncEnumerable<string> lines, bool isPipe, ILineView view, CancellationToken cancellationToken);

    /// <summary>Says goodbye.</summary>
    /// <returns>Whether the hub has everything that was said.</returns>
    Task<bool> CloseAsync();
}

/// <summary>Is told what becomes of the lines that are said.</summary>
internal interface ILineView
{
    /// <summary>A line of this end is on its way.</summary>
    void Sent(string line);

    /// <summary>Nobody knows whether a line has arrived.</summary>
    /// <param name="line">The line.</param>
    /// <param name="again">Whether it is sent again.</param>
    void Doubtful(string line, bool again);

    /// <summary>The hub does not want a line to be said.</summary>
    void Refused(string line, string why);
}
