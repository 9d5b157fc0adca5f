using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kodama.Client.Protocol;
using Kodama.Client.Publishing;
using Kodama.Client.Rooms;

namespace Kodama.Client;

/// <summary>A room that a <see cref="KodamaRooms"/> has joined, and joins again after each cut, until it is left. Safe for any
/// thread.</summary>
public sealed class JoinedRoom : IAsyncDisposable
{
    private const int IdBytes = 12;

    private readonly RoomsConversation client;
    private readonly RoomMembership membership;

    internal JoinedRoom(RoomsConversation client, RoomMembership membership)
    {
        this.client = client;
        this.membership = membership;
    }

    /// <summary>Its name.</summary>
    public string Name => membership.Settings.Room;

    /// <summary>Whether it tells its members what they say themselves. If not, what was published by this object does not come among <see
    /// cref="Entries"/>, after a cut neither.</summary>
    public bool Echoes => membership.Echoes;

    /// <summary>
    /// What comes of it, each once and in the hub's order; for one reader at a time. Ends when the room is left or the client closed, after
    /// what still waits; with the reason, if the program did not want that.
    /// </summary>
    /// <exception cref="RequestRefusedException">The hub does not let the program be there any more.</exception>
    /// <exception cref="KodamaClientException">The client has ended by itself.</exception>
    /// <exception cref="InvalidOperationException">They are being read already.</exception>
    public IAsyncEnumerable<RoomEntry> Entries => membership.Queue.ReadAsync();

    /// <summary>How many entries were thrown away as too many waited to be read (<see cref="JoinOptions.FullMode"/>).</summary>
    public long DroppedEntries => membership.Queue.Dropped;

    /// <summary>Who is present, by id: as of the last change that has come, read or not. Empty without <see
    /// cref="JoinOptions.Presence"/>.</summary>
    public ImmutableDictionary<string, RoomMember> Members => membership.Lists.Members;

    /// <summary>The state, by key: as of the last change that has come, read or not. Empty without <see
    /// cref="JoinOptions.State"/>.</summary>
    public ImmutableDictionary<string, StateValue> State => membership.Lists.State;

    /// <summary>Publishes a message, once, whatever becomes of the connection. Ends when the hub has it.</summary>
    /// <param name="payload">Text or bytes, which convert; copied.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <exception cref="RequestRefusedException">The hub has not published it, or (<c>OUTCOME_UNKNOWN</c>) nobody knows.</exception>
    /// <exception cref="PublishQueueFullException">Too much waits to be acknowledged (<see
    /// cref="KodamaRoomsOptions.PublishFullMode"/>).</exception>
    /// <exception cref="NotConnectedException">The room was left, or the client closed: it was never sent.</exception>
    /// <exception cref="PublishCanceledException">Cancelled.</exception>
    public Task<Publication> PublishAsync(RoomPayload payload, CancellationToken cancellationToken = default) =>
        PublishAsync(RoomBodies.DefaultEvent, payload, cancellationToken);

    /// <summary>Publishes a value as JSON text, once, whatever becomes of the connection. Ends when the hub has it.</summary>
    /// <param name="value">What it says.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <inheritdoc cref="PublishAsync(RoomPayload, CancellationToken)"/>
    public Task<Publication> PublishAsync<T>(T value, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        PublishAsync(RoomPayload.Of(value, type), cancellationToken);

    /// <summary>Publishes an event, once, whatever becomes of the connection. Ends when the hub has it.</summary>
    /// <param name="eventName">1 to 255 characters.</param>
    /// <param name="payload">Text, bytes, or <see cref="RoomPayload.Arguments"/>; copied.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <inheritdoc cref="PublishAsync(RoomPayload, CancellationToken)"/>
    public Task<Publication> PublishAsync(string eventName, RoomPayload payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return ChangeAsync(
            id => new Change(membership.Line, "publish", RoomBodies.Message(Name, eventName, payload, id), id)
            {
                Bytes = RoomBodies.BytesOf(payload),
            },
            cancellationToken);
    }

    /// <summary>Publishes an event with one argument, once, whatever becomes of the connection. Ends when the hub has it.</summary>
    /// <param name="eventName">1 to 255 characters.</param>
    /// <param name="argument">Written as JSON.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Move</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <inheritdoc cref="PublishAsync(RoomPayload, CancellationToken)"/>
    public Task<Publication> PublishAsync<T>(
        string eventName, T argument, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        PublishAsync(eventName, RoomPayload.Argument(argument, type), cancellationToken);

    /// <summary>Says something to those who are there now, over the present connection: a cursor, a tick. It has no place in the room, and
    /// is not sent again.</summary>
    /// <param name="eventName">1 to 255 characters.</param>
    /// <param name="payload">Text, bytes, or <see cref="RoomPayload.Arguments"/>; copied.</param>
    /// <param name="cancellationToken">Ends the wait for the hub's answer.</param>
    /// <exception cref="RequestRefusedException">The hub has not handed it out.</exception>
    /// <exception cref="NotConnectedException">There is no connection, or it broke meanwhile; or the room was left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; it may have been said.</exception>
    public Task PublishTransientAsync(string eventName, RoomPayload payload, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        var body = RoomBodies.Transient(Name, eventName, payload);
        return AskAsync(new Ask<bool>("publish", body, static _ => true) { Bytes = RoomBodies.BytesOf(payload) }, cancellationToken);
    }

    /// <inheritdoc cref="PublishTransientAsync(string, RoomPayload, CancellationToken)"/>
    public Task PublishTransientAsync(RoomPayload payload, CancellationToken cancellationToken = default) =>
        PublishTransientAsync(RoomBodies.DefaultEvent, payload, cancellationToken);

    /// <summary>Becomes present in the room, or changes what is said of this one: once, as a message is published. It is present until <see
    /// cref="ExitAsync"/>, over reconnects, and as long as they do not take too long for others too.</summary>
    /// <param name="data">JSON of at most 4 KiB.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <inheritdoc cref="PublishAsync(RoomPayload, CancellationToken)"/>
    public Task<Publication> EnterAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        RoomBodies.ThrowIfNoJson(data);
        var owned = data.ToArray();
        return ChangeAsync(
            id => new Change(membership.Line, "enter", RoomBodies.Enter(Name, owned, id), id) { Data = owned }, cancellationToken);
    }

    /// <inheritdoc cref="EnterAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task<Publication> EnterAsync(CancellationToken cancellationToken = default) =>
        EnterAsync("null"u8.ToArray(), cancellationToken);

    /// <param name="data">Written as JSON of at most 4 KiB.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Mood</c>.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <inheritdoc cref="EnterAsync(ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task<Publication> EnterAsync<T>(T data, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        EnterAsync(JsonSerializer.SerializeToUtf8Bytes(data, type), cancellationToken);

    /// <summary>Is present no longer. Over the present connection: after a reconnect it is not in any case. What it
    /// was to enter with, and is not under way, is not sent any more.</summary>
    /// <param name="cancellationToken">Ends the wait for the hub's answer.</param>
    /// <exception cref="RequestRefusedException">The hub refuses it.</exception>
    /// <exception cref="NotConnectedException">There is no connection, or it broke meanwhile; or the room was left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task ExitAsync(CancellationToken cancellationToken = default)
    {
        client.Do(() =>
        {
            membership.Exit();
            return true;
        });
        return AskAsync(new Ask<bool>("exit", RoomBodies.Room(Name), static _ => true), cancellationToken);
    }

    /// <summary>Sets a key of the room's state: once, as a message is published.</summary>
    /// <param name="key">1 to 255 bytes of UTF-8.</param>
    /// <param name="value">Text, bytes or arguments; copied.</param>
    /// <param name="isBound">Whether it goes when this client goes; set again at each reconnect until then.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <inheritdoc cref="PublishAsync(RoomPayload, CancellationToken)"/>
    public Task<Publication> SetAsync(string key, RoomPayload value, bool isBound = false, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return ChangeAsync(
            id => new Change(membership.Line, "set", RoomBodies.Set(Name, key, value, isBound, id), id)
            {
                Bytes = RoomBodies.BytesOf(value),
                Key = key,
                IsBound = isBound,
            },
            cancellationToken);
    }

    /// <summary>Sets a key of the room's state to a value as JSON text: once, as a message is published.</summary>
    /// <param name="key">1 to 255 bytes of UTF-8.</param>
    /// <param name="value">What it says.</param>
    /// <param name="type">Source-generated metadata: <c>MyContext.Default.Mood</c>.</param>
    /// <param name="isBound">Whether it goes when this client goes; set again at each reconnect until then.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <inheritdoc cref="PublishAsync(RoomPayload, CancellationToken)"/>
    public Task<Publication> SetAsync<T>(
        string key, T value, JsonTypeInfo<T> type, bool isBound = false, CancellationToken cancellationToken = default) =>
        SetAsync(key, RoomPayload.Of(value, type), isBound, cancellationToken);

    /// <summary>Removes a key of the room's state: once, as a message is published. Without a position, if it was not set.</summary>
    /// <param name="key">Which.</param>
    /// <param name="cancellationToken">Ends the wait; the exception says what is known.</param>
    /// <inheritdoc cref="PublishAsync(RoomPayload, CancellationToken)"/>
    public Task<Publication> RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        return ChangeAsync(
            id => new Change(membership.Line, "remove", RoomBodies.Remove(Name, key, id), id) { Key = key }, cancellationToken);
    }

    /// <summary>Reads what was said before, whatever this client has read: a page, and from it the next. Asked again after a
    /// reconnect.</summary>
    /// <param name="before">The newest before it; null, and without <paramref name="after"/>, the newest that there are.</param>
    /// <param name="after">The oldest behind it, instead.</param>
    /// <param name="limit">So many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArgumentException">Both are given.</exception>
    /// <exception cref="RequestRefusedException">The hub does not give it.</exception>
    /// <exception cref="NotConnectedException">The room was left, or the client has ended.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<HistoryPage> ReadHistoryAsync(
        RoomPosition? before = null, RoomPosition? after = null, int limit = 100, CancellationToken cancellationToken = default)
    {
        if (before is not null && after is not null) throw new ArgumentException("A page is before a position or after one: give one.");
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return new HistoryReader(client, membership).ReadAsync(before, after, limit, cancellationToken);
    }

    /// <summary>Leaves the room: members and bound keys go with it. What was sent and is not acknowledged waits for that as long as the
    /// connection lasts.</summary>
    /// <param name="cancellationToken">Ends the wait for the hub, not the leaving.</param>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        var leaving = client.Do(membership.Leave) ?? Task.CompletedTask;
        await leaving.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Leaves the room, as <see cref="LeaveAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await LeaveAsync().ConfigureAwait(false);

    private async Task<Publication> ChangeAsync(Func<string, Change> make, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var change = make(NewId());
        client.Do(() =>
        {
            client.ThrowIfClosed_NeedsLock();
            membership.Line.Add(change);
            return true;
        });
        if (!cancellationToken.CanBeCanceled) return await change.Task.ConfigureAwait(false);
        using var cancelled = cancellationToken.UnsafeRegister(
            _ => client.Do(() =>
            {
                membership.Line.Cancel(change, cancellationToken);
                return true;
            }),
            null);
        return await change.Task.ConfigureAwait(false);
    }

    private Task<bool> AskAsync(Ask<bool> ask, CancellationToken cancellationToken) => client.Do(() =>
    {
        client.ThrowIfClosed_NeedsLock();
        if (membership.Wire is not { } wire)
        {
            throw new NotConnectedException(
                membership.HasEnded
                    ? $"Room {Name} was left: join it again."
                    : "There is no connection to the hub at the moment, and nothing was sent.");
        }
        wire.Send_NeedsLock(ask);
        return ask.Task.WaitAsync(cancellationToken);
    });

    // Hard to guess, as the protocol asks; and each its own.
    private static string NewId()
    {
        Span<byte> random = stackalloc byte[IdBytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
