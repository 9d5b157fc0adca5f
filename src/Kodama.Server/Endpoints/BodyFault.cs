using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Why a request's body was not read to its end.</summary>
internal enum BodyFault : byte
{
    None,

    /// <summary>Larger than it may be.</summary>
    TooLarge,

    /// <summary>The hub, or its address, has too much underway.</summary>
    NoRoom,

    /// <summary>Not whole in time.</summary>
    TooSlow,

    /// <summary>No HTTP.</summary>
    Malformed,

    /// <summary>The client has gone.</summary>
    BrokenOff,
}

internal static class BodyFaults
{
    /// <summary>For counts.</summary>
    public static string Stage(this BodyFault fault) => fault switch
    {
        BodyFault.TooLarge => "body too large",
        BodyFault.NoRoom => "no room for body",
        BodyFault.TooSlow => "body too slow",
        BodyFault.Malformed => "body malformed",
        _ => "body broken off",
    };

    public static int Status(this BodyFault fault) => fault switch
    {
        BodyFault.TooLarge => StatusCodes.Status413PayloadTooLarge,
        BodyFault.NoRoom => StatusCodes.Status503ServiceUnavailable,
        BodyFault.TooSlow => StatusCodes.Status408RequestTimeout,
        _ => StatusCodes.Status400BadRequest,
    };
}
