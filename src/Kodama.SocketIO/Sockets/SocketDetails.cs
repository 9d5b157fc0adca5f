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
        var own = request.Query().Where(IsDetail).Take(MaxCount).ToDictionary(StringComparer.Ordinal);
        return PeerDetails.With(own.Count > 0 ? own : ReadOnlyDictionary<string, string>.Empty, request.AuthenticatedDetails);
    }

    // What does not fit is no detail; the handshake has it all the same.
    private static bool IsDetail(KeyValuePair<string, string> parameter) =>
        parameter.Key is { Length: <= MaxNameLength } name and not ("EIO" or "transport" or "sid" or "t" or "b64" or "j")
        && parameter.Value.Length <= MaxValueLength
        && !name.Equals(TokenAuthenticator.Parameter, StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith(PeerDetails.Reserved, StringComparison.OrdinalIgnoreCase);
}
