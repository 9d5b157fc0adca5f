using System.Globalization;

namespace Kodama.Client;

/// <summary>The hub answered, and does not want this client: by an HTTP status, or by close code 3000 after the handshake.</summary>
public sealed class HubRefusedException : KodamaClientException
{
    internal HubRefusedException(int? statusCode, string? code, string reason)
        : base(Describe(statusCode, reason))
    {
        StatusCode = statusCode;
        Code = code;
        Reason = reason;
    }

    /// <summary>The HTTP status: 401, 403, ...; null when a validator of the hub refused the peer (close code 3000).</summary>
    public int? StatusCode { get; }

    /// <summary>The hub's word for it, such as <c>AUTHENTICATION_FAILED</c> or <c>INVALID_ROOM</c>, if it gave one.</summary>
    public string? Code { get; }

    /// <summary>Why, in the hub's words for people.</summary>
    public string Reason { get; }

    /// <inheritdoc/>
    // 408, 425 and 429 mean later; the hub says anything else by 4xx again when it is asked the same again. Without its word for it, it may
    // be a stranger at its address.
    public override bool ShouldReconnect => StatusCode is >= 500 or 408 or 425 or 429 || (StatusCode is not null && Code is null);

    private static string Describe(int? statusCode, string reason)
    {
        var why = reason.Length == 0 ? "" : $": {reason}";
        return statusCode is null
            ? $"The hub refused this client{why}"
            : string.Create(CultureInfo.InvariantCulture, $"The hub refused this client with status {statusCode}{why}");
    }
}
