using System.Net.Security;
using System.Text.Json;
using Kodama.Cli.Hubs;

namespace Kodama.Cli.Connect;

/// <summary>Who is in the room and who speaks, as the hub's event stream tells it, for one connection. A hub that tells nothing is none the worse.</summary>
internal sealed class RoomFeed(ConnectedHub hub, ConnectOptions options, string session)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Reads until the stream ends, cannot be read, or is cancelled; does not throw for that.</summary>
    /// <param name="socket">Where the client is connected.</param>
    /// <param name="listener">Told of everything.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Uri socket, IRoomListener listener, CancellationToken cancellationToken)
    {
        try
        {
            var place = SocketPlace.Of(socket, options.Room is not null);
            using var http = new HubHttp(place.Base, Patience, Trusts);
            if (await http.FactsAsync(cancellationToken) is not { } facts) return;
            var room = place.Room ?? facts.DefaultRoom ?? RoomName.Default;
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"api/events?room={Uri.EscapeDataString(room)}", UriKind.Relative));
            if (options.FindToken() is { } token) request.Headers.Authorization = new("Bearer", token);
            using var answer = await http.OpenAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode) return;
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var (name, data) in EventStreamReader.ReadAsync(stream, cancellationToken)) Tell(name, data, facts, room, listener);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException or JsonException or InvalidOperationException or OperationCanceledException)
        {
            // The conversation goes on without names; that the connection itself is lost, the client says.
        }
        finally
        {
            listener.Ended();
        }
    }

    private void Tell(string name, string data, HubFacts facts, string room, IRoomListener listener)
    {
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        switch (name)
        {
            case "snapshot":
                var here = root.GetProperty("peers").EnumerateArray().Select(RoomPeer.TryRead).OfType<RoomPeer>().Where(IsOther).ToList();
                listener.Entered(facts, room, here);
                break;
            case "join" or "leave" when RoomPeer.TryRead(root.GetProperty("peer")) is { } peer && IsOther(peer):
                if (name == "join") listener.Joined(peer);
                else listener.Left(peer);
                break;
            case "message":
                var message = RoomMessage.Read(root);
                // A hub that does not echo keeps one's own from one.
                if (facts.Echo || message.From is null || IsOther(message.From)) listener.Said(message);
                break;
        }
    }

    private bool IsOther(RoomPeer peer) => peer.Session != session;

    private bool Trusts(string fingerprint, SslPolicyErrors errors) =>
        (options.Pin ?? hub.Found?.CertificateFingerprint) is { } pinned ? pinned.Replace(":", "", StringComparison.Ordinal).Equals(fingerprint, StringComparison.OrdinalIgnoreCase) : errors == SslPolicyErrors.None;
}
