using Kodama.Client.Protocol;

namespace Kodama.Client;

/// <summary>The hub refused one request; the connection and other rooms go on.</summary>
public sealed class RequestRefusedException : KodamaClientException
{
    internal const string OutcomeUnknown = "OUTCOME_UNKNOWN";
    internal const string NotKept = "NOT_KEPT";
    internal const string NotInOrder = "NOT_IN_ORDER";
    internal const string NotJoined = "NOT_JOINED";
    internal const string TooLarge = "TOO_LARGE";

    internal RequestRefusedException(string code, string reason)
        : base($"{code}: {reason}")
    {
        Code = code;
        Reason = reason;
    }

    /// <summary>The hub's word for it: <c>NOT_ALLOWED</c>, <c>MESSAGE_REFUSED</c>, <c>OUTCOME_UNKNOWN</c>, ... (docs/specs/log.md,
    /// "Publishing").</summary>
    public string Code { get; }

    /// <summary>Why, in words for people.</summary>
    public string Reason { get; }

    /// <summary>Whether the same may succeed later, and is not there already: a moment's trouble of the hub's.</summary>
    public bool ShouldRetry =>
        Code is NotKept or NotInOrder or "BUSY" or "UNAVAILABLE" or "TOO_MANY_ROOMS" or "ROOM_GONE" or "FULL" or "PEER_GONE";

    /// <summary>Whether a join that a room had before is worth another attempt.</summary>
    internal bool IsForAMoment => Code is "BUSY" or "UNAVAILABLE" or "TOO_MANY_ROOMS" or "ROOM_GONE";

    internal static RequestRefusedException Of(HubFrame frame) =>
        new(RemoteText.Printable(frame.Code.Get() ?? ""), RemoteText.Printable(frame.Text.Get() ?? ""));

    internal static RequestRefusedException Unknown(string why) =>
        new(OutcomeUnknown, $"{why}: what was sent may be there or not.");
}
