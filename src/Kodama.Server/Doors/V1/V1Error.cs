namespace Kodama.Server;

/// <summary>Why a request came to nothing.</summary>
/// <param name="Code">For programs, in capitals.</param>
/// <param name="Text">For people: what was wrong, and what to do.</param>
internal readonly record struct V1Error(string Code, string Text)
{
    public const string AlreadyJoined = "ALREADY_JOINED";
    public const string TooManyRooms = "TOO_MANY_ROOMS";
    public const string UnknownType = "UNKNOWN_TYPE";

    private const int MaxQuotation = 48;

    /// <summary>For an answer that the outboxes have no place for.</summary>
    public static V1Error NoMemory { get; } =
        Of(
            RefusalCode.Busy,
            "So much waits for slow clients of this hub that there is no memory for the answer: ask again later, or for less.");

    public static V1Error Invalid(string text) => new("INVALID", text);

    public static V1Error Of(RefusalCode code, string text) => new(RefusalCodes.Name(code), text);

    public static V1Error NotJoined(string room) => Of(RefusalCode.NotJoined, $"The peer is not in room {room}: join it first.");

    public static V1Error NotAllowed(string text) => Of(RefusalCode.NotAllowed, text);

    public static V1Error Unavailable(string room) =>
        Of(RefusalCode.Unavailable, $"What is kept of room {room} cannot be read now: try again later.");

    /// <summary>A client's words within an error.</summary>
    public static string Quote(string words) => words.Length <= MaxQuotation ? $"\"{words}\"" : $"\"{words[..MaxQuotation]}...\"";
}
