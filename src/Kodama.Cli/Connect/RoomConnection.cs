using System.Net.Security;
using System.Text.Json;
using System.Threading.Channels;
using Kodama.Cli.Hubs;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>A conversation in a room of kodama.v1: everything comes once, with who has said it, and what is said is acknowledged.</summary>
/// <param name="rooms">Not started yet.</param>
/// <param name="room">Which; null for the hub's default.</param>
/// <param name="before">How many messages of before are shown.</param>
internal sealed class RoomConnection(KodamaRooms rooms, string? room, int before) : IConnection
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // So many lines of a pipe are under way at once: one at a time would wait for the network with each.
    private const int MostUnderWay = 100;

    private const int MostTyped = 1024;

    private readonly TaskCompletionSource<JoinedRoom> joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isEverythingThere = true;
    private bool isRefused;

    public bool HasPlaces => true;

    public async Task StartAsync(CancellationToken stopping)
    {
        await rooms.StartAsync(stopping);
        // Whoever types meanwhile need not wait for it.
        _ = JoinAsync(stopping);
    }

    public IAsyncEnumerable<ClientStatus> WatchStatusAsync() => rooms.WatchStatusAsync();

    public SocketPlace PlaceOf(ClientStatus.Connected connected) =>
        SocketPlace.Of(connected.Address, hasRoom: false, connected.CertificateFingerprint) with
        {
            Room = joined.Task.IsCompletedSuccessfully ? joined.Task.Result.Name : room,
        };

    public async Task EnteredAsync() => await ((Task)joined.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public async IAsyncEnumerable<Heard> ListenAsync()
    {
        await EnteredAsync();
        if (joined.Task.IsCanceled) yield break;
        await foreach (var entry in (await joined.Task).Entries)
        {
            switch (entry)
            {
                case RoomMessage message:
                    yield return new Heard(RawForm.Of(message), PeerOf(message), message.Position.Offset);
                    break;
                case RoomGap:
                    yield return new Heard(null, null, entry.Position.Offset, IsMissing: true);
                    break;
                default:
                    yield return new Heard(null, null, entry.Position.Offset);
                    break;
            }
        }
    }

    public async Task TalkAsync(IAsyncEnumerable<string> lines, bool isPipe, ILineView view, CancellationToken cancellationToken)
    {
        // What a person types is shown, whatever the hub is at; a pipe waits.
        var typed = Channel.CreateBounded<string>(isPipe ? 1 : MostTyped);
        var publishing = PublishAsync(typed.Reader, isPipe, view, cancellationToken);
        try
        {
            await foreach (var line in lines.WithCancellation(cancellationToken))
            {
                view.Sent(line);
                await typed.Writer.WriteAsync(line, cancellationToken);
            }
        }
        finally
        {
            typed.Writer.Complete();
            await publishing;
        }
    }

    public async Task<bool> CloseAsync()
    {
        await rooms.CloseAsync();
        return isEverythingThere;
    }

    public ValueTask DisposeAsync() => rooms.DisposeAsync();

    private async Task JoinAsync(CancellationToken stopping)
    {
        try
        {
            var name = room ?? (await FactsAsync(stopping))?.DefaultRoom ?? RoomName.Default;
            joined.SetResult(await rooms.JoinAsync(name, new() { Start = RoomStart.Last(before) }, stopping));
        }
        catch (Exception exception)
        {
            // Why the client has ended is what counts, where it has; that it was told to is no error.
            var closed = rooms.Status as ClientStatus.Closed;
            if (closed is { Cause: null } || stopping.IsCancellationRequested) joined.SetCanceled(CancellationToken.None);
            else joined.SetException(closed?.Cause ?? exception);
        }
    }

    private async Task PublishAsync(ChannelReader<string> lines, bool isPipe, ILineView view, CancellationToken cancellationToken)
    {
        var into = await joined.Task;
        var underWay = new Queue<(string Line, Task<Publication> Publishing)>();
        await foreach (var line in lines.ReadAllAsync(cancellationToken))
        {
            isEverythingThere = false;
            underWay.Enqueue((line, into.PublishAsync(line, cancellationToken)));
            if (underWay.Count >= MostUnderWay) await EndOneAsync();
            while (underWay.TryPeek(out var first) && first.Publishing.IsCompleted) await EndOneAsync();
        }
        while (underWay.Count > 0) await EndOneAsync();
        isEverythingThere = !isRefused;

        async Task EndOneAsync()
        {
            var (line, publishing) = underWay.Dequeue();
            try
            {
                await publishing;
            }
            catch (RequestRefusedException refused) when (refused.Code == "OUTCOME_UNKNOWN")
            {
                view.Doubtful(line, again: isPipe);
                // Behind those that are under way, which have come after it.
                if (isPipe) underWay.Enqueue((line, into.PublishAsync(line, cancellationToken)));
            }
            catch (RequestRefusedException refused)
            {
                isRefused = true;
                view.Refused(line, refused.Reason);
            }
        }
    }

    // What the hub tells of itself, by the first connection over which it does.
    private async Task<HubFacts?> FactsAsync(CancellationToken cancellationToken)
    {
        await foreach (var status in rooms.WatchStatusAsync(cancellationToken))
        {
            if (status is not ClientStatus.Connected connected) continue;
            if (await FactsAsync(PlaceOf(connected), cancellationToken) is { } facts) return facts;
            if (rooms.Status == status) return null;
        }
        return null;
    }

    // A hub that tells nothing is none the worse.
    private static async Task<HubFacts?> FactsAsync(SocketPlace place, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HubHttp(place.Base, Patience, Trusts);
            return await http.FactsAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or TaskCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }

        bool Trusts(string fingerprint, SslPolicyErrors errors) =>
            place.Fingerprint is { } pinned ? pinned == fingerprint : errors == SslPolicyErrors.None;
    }

    private static RoomPeer? PeerOf(RoomMessage message) =>
        message.From is { } author ? RoomPeer.Of(author, message.Name, session: null) : null;
}
