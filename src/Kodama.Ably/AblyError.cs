namespace Kodama.Ably;

/// <summary>What a client is told of what went wrong (TI1): its code, the status that goes with it, and a text.</summary>
/// <param name="Code">Of Ably's: five digits, the first three mostly the status.</param>
/// <param name="Status">As of HTTP.</param>
/// <param name="Message">What was wrong, and what to do.</param>
internal sealed record AblyError(int Code, int Status, string Message)
{
    public static AblyError BadRequest(string message) => new(40000, 400, message);

    /// <summary>An engine cannot read now.</summary>
    public static AblyError Unreadable { get; } = new(50003, 503, "What is kept of the room cannot be read now: try again later.");

    public static AblyError BadCredentials(string message) => new(40101, 401, message);

    public static AblyError NotFound(string message) => new(40400, 404, message);

    public static AblyError Later { get; } = new(50003, 503, "What is kept of the room cannot be read now: try again later.");

    public static AblyError NotAllowed(string operation, string channel) =>
        new(40160, 401, $"This client's capability does not allow {operation} on channel {channel}.");

    /// <summary>What the hub says of something that it has not published.</summary>
    public static AblyError Of(RefusalCode code, string message) => code switch
    {
        RefusalCode.NotAllowed => new(40160, 401, message),
        RefusalCode.TooLarge => new(40009, 400, message),
        RefusalCode.IdReused => new(40031, 400, message),
        RefusalCode.Refused or RefusalCode.MessageRefused => new(40300, 403, message),
        RefusalCode.Full => new(91003, 400, message),
        RefusalCode.Busy => new(42910, 429, message),
        RefusalCode.TooManyRooms or RefusalCode.Unavailable or RefusalCode.NotKept or RefusalCode.NotInOrder or RefusalCode.OutcomeUnknown
            => new(50003, 503, message),
        _ => new(40000, 400, message),
    };

    public void Write(WireWriter writer)
    {
        writer.StartMap().Name("code"u8).Number(Code).Name("statusCode"u8).Number(Status).Name("message"u8).Text(Message);
        writer.Name("href"u8).Text($"https://help.ably.io/error/{Code}").End();
    }
}
