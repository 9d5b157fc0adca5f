using System.Globalization;

namespace Kodama.Client;

/// <summary>The connection has ended: the hub said goodbye, or it broke.</summary>
public sealed class HubClosedException : KodamaClientException
{
    internal const int LostCode = 1006;
    internal const int RefusedCode = 3000;
    internal const int TakenOverCode = 4002;

    internal HubClosedException(int closeCode, string reason, Exception? innerException = null)
        : base(Describe(closeCode, reason), innerException)
    {
        CloseCode = closeCode;
        Reason = reason;
    }

    /// <summary>RFC 6455 section 7.4: as the hub sent it, 1000 also when it gave none; 1006 when the connection broke without a
    /// goodbye.</summary>
    public int CloseCode { get; }

    /// <summary>Why, in the hub's words; empty when it gave none.</summary>
    public string Reason { get; }

    /// <inheritdoc/>
    // The hub's registry: CloseReason.ShouldReconnect in Kodama.Core, which a client does not reference.
    public override bool ShouldReconnect => CloseCode is 1001 or 1005 or 1006 or 1011 or 1012 or 1013 or 4000 or 4005 or 4408;

    private static string Describe(int closeCode, string reason) => closeCode == LostCode
        ? $"The connection to the hub was lost: {reason}"
        : string.Create(
            CultureInfo.InvariantCulture, $"The hub closed the connection with {closeCode}{(reason.Length == 0 ? "." : $": {reason}")}");
}
