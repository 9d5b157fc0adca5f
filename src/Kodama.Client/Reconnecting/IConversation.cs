using Kodama.Client.Connecting;
using Kodama.Client.Sending;

namespace Kodama.Client.Reconnecting;

/// <summary>What a client says and hears over its connections, one after another. Called by the loop alone, one call at a time, but for
/// <see cref="TakeAsync"/>.</summary>
internal interface IConversation
{
    /// <summary>Of all that is sent; the goodbye comes behind it.</summary>
    SendTurns Turns { get; }

    /// <summary>Whether the hub has known the client again.</summary>
    bool IsResumed { get; }

    /// <summary>Whether another connection may go better, after one or an attempt that ended so.</summary>
    bool MayComeBack(Exception cause) => cause is not KodamaClientException { ShouldReconnect: false };

    /// <summary>Says what must be said before the connection counts.</summary>
    /// <exception cref="KodamaClientException">It does not count.</exception>
    Task GreetAsync(HubConnection connection, CancellationToken cancellationToken);

    /// <summary>There is a connection.</summary>
    void Open(HubConnection connection);

    /// <summary>A message has come; one call at a time.</summary>
    /// <param name="message">Owns its memory.</param>
    /// <param name="lost">The connection has ended meanwhile.</param>
    /// <param name="stopping">The client has.</param>
    ValueTask TakeAsync(HubMessage message, CancellationToken lost, CancellationToken stopping);

    /// <summary>The connection of the moment is the last.</summary>
    void ExpectNoMore();

    /// <summary>The connection has ended.</summary>
    void Break(HubConnection connection, Exception cause);

    /// <summary>There will be no connection any more; null, if the program wanted that.</summary>
    void Close(Exception? cause);

    /// <summary>Ends what the program reads, when the status says that the client has closed.</summary>
    void Complete(Exception? cause);
}
