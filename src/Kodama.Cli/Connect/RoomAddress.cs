using System.Net.Security;
using System.Text.Json;
using Kodama.Cli.Hubs;
using Kodama.Client.Connecting;

namespace Kodama.Cli.Connect;

/// <summary>An address at which a hub with rooms may be.</summary>
/// <param name="Socket">Of its WebSocket, without a room.</param>
/// <param name="Room">The room that it names, if any.</param>
internal sealed record RoomAddress(Uri Socket, string? Room)
{
    private const string Path = "ws";
    private const string Parameters = "kodama.";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Null for a name, and for addresses that mean another door: of another path, or with parameters of the raw one.</summary>
    /// <exception cref="ArgumentException">It is meant as an address, and is none that a hub can have.</exception>
    public static RoomAddress? TryParse(string text)
    {
        if (!HubAddress.TryParse(text, out var written)) return null;
        var endpoint = HubAddress.Endpoint(written, room: null).WebSocket;
        if (endpoint.Query.Contains(Parameters, StringComparison.OrdinalIgnoreCase)) return null;
        var place = SocketPlace.Of(endpoint, hasRoom: false);
        var segments = endpoint.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var isSocket = segments is [.., Path] || (place.Room is not null && segments is [.., Path, _]);
        // As it was written: combining URLs loses the scope of a link-local address.
        return isSocket ? new RoomAddress(new Uri($"{place.Base.OriginalString}{Path}{endpoint.Query}"), place.Room) : null;
    }

    /// <summary>Whether what answers there tells of itself as a hub does.</summary>
    public async Task<bool> IsHubAsync(ConnectOptions options, CancellationToken cancellationToken)
    {
        try
        {
            using var http = new HubHttp(
                SocketPlace.Of(Socket, hasRoom: false).Base,
                options.Timeout < Patience ? options.Timeout : Patience,
                (fingerprint, errors) => options.Pin is { } pin
                    ? CertificatePin.Normalize(pin) == fingerprint
                    : errors == SslPolicyErrors.None);
            return await http.FactsAsync(cancellationToken) is not null;
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or TaskCanceledException)
        {
            // Whoever talks to it will say what is wrong.
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
    }
}
