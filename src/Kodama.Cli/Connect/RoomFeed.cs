using System.Net.Security;
using System.Text.Json;
using Kodama.Cli.Hubs;

namespace Kodama.Cli.Connect;

/// <summary>Who is in the room, as the hub's event stream tells it, for one connection. A hub that tells nothing is none the
/// worse.</summary>
/// <param name="place">The hub, with the certificate that the client has accepted, and the room.</param>
/// <param name="token">What the hub asks for.</param>
/// <param name="session">By it this peer knows itself.</param>
/// <param name="listener">Told of everything.</param>
internal sealed class RoomFeed(SocketPlace place, string? token, string session, IRoomListener listener)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Reads until the stream ends, cannot be read, or is cancelled; does not throw.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HubHttp(place.Base, Patience, Trusts);
            if (await http.FactsAsync(cancellationToken) is not { } facts) return;
            var room = place.Room ?? facts.DefaultRoom ?? RoomName.Default;
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri($"api/events?room={Uri.EscapeDataString(room)}", UriKind.Relative));
            if (token is not null) request.Headers.Authorization = new("Bearer", token);
            using var answer = await http.OpenAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode) return;
            await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await foreach (var (name, data) in EventStreamReader.ReadAsync(stream, cancellationToken))
                await TellAsync(name, data, facts, room, cancellationToken);
        }
        catch (Exception)
        {
            // Whatever a stranger answers: the conversation goes on without names. That the connection itself is lost, the client says.
        }
    }

    private async ValueTask TellAsync(string name, string data, HubFacts facts, string room, CancellationToken cancellationToken)
    {
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        switch (name)
        {
            case "snapshot":
                listener.Entered(facts, room, Others(root));
                break;
            case "join" or "leave" when root.TryGetProperty("peer", out var told) && RoomPeer.TryRead(told) is { } peer && IsOther(peer):
                if (name == "join") await listener.JoinedAsync(peer, cancellationToken);
                else await listener.LeftAsync(peer, cancellationToken);
                break;
            case "message":
                Hear(root, facts.Echo);
                break;
        }
    }

    private List<RoomPeer> Others(JsonElement snapshot) =>
        snapshot.TryGetProperty("peers", out var peers) && peers.ValueKind == JsonValueKind.Array
            ? [.. peers.EnumerateArray().Select(RoomPeer.TryRead).OfType<RoomPeer>().Where(IsOther)]
            : [];

    private void Hear(JsonElement told, bool echoes)
    {
        if (!told.TryGetProperty("offset", out var offset) || offset.ValueKind != JsonValueKind.Number) return;
        if (!offset.TryGetInt64(out var place)) return;
        // A hub that does not echo keeps one's own from one.
        if (echoes || !told.TryGetProperty("from", out var from) || RoomPeer.TryRead(from) is not { } peer || IsOther(peer))
            listener.Said(place);
    }

    private bool IsOther(RoomPeer peer) => peer.Session != session;

    private bool Trusts(string fingerprint, SslPolicyErrors errors) =>
        place.Fingerprint is { } pinned ? pinned == fingerprint : errors == SslPolicyErrors.None;
}
