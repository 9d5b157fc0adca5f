using System.Collections.ObjectModel;
using Kodama.Server;

namespace Kodama.SocketIO;

/// <summary>A socket's details as a peer: what the client says of itself in its query, and what authenticators have learned.</summary>
/// <remarks>Others are shown them. What the client says as <c>auth</c> are its secrets: middleware alone reads those.</remarks>
internal static class SocketDetails
{
    private const int MaxCount = 32;
    private const int MaxNameLength = 64;
    private const int MaxValueLength = 1024;

    public static IReadOnlyDictionary<string, string> Of(HandshakeRequest request)
    {
        Dictionary<string, string>? details = null;
        foreach (var (name, value) in request.Query())
        {
            if (name is not ("EIO" or "transport" or "sid" or "t" or "b64" or "j")) Add(name, value);
        }
        return PeerDetails.With(
            (IReadOnlyDictionary<string, string>?)details ?? ReadOnlyDictionary<string, string>.Empty, request.AuthenticatedDetails);

        // What does not fit is no detail; the handshake has it all the same.
        void Add(string name, string value)
        {
            if (name.Equals(TokenAuthenticator.Parameter, StringComparison.OrdinalIgnoreCase)) return;
            if (name.StartsWith(PeerDetails.Reserved, StringComparison.OrdinalIgnoreCase)) return;
            if (name.Length > MaxNameLength || value.Length > MaxValueLength || details?.Count >= MaxCount) return;
            details ??= new Dictionary<string, string>(StringComparer.Ordinal);
            details[name] = value;
        }
    }
}
