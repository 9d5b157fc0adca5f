using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>What the hub refuses, as HTTP tells it.</summary>
internal static class Refusals
{
    public static Task WriteAsync(HttpContext context, in PublishResult result)
    {
        var status = StatusOf(result.Code);
        if (status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = "1";
        return HttpError.WriteAsync(context, status, RefusalCodes.Name(result.Code), result.Refusal!);
    }

    private static int StatusOf(RefusalCode code) => code switch
    {
        RefusalCode.MessageRefused => StatusCodes.Status422UnprocessableEntity,
        RefusalCode.Refused or RefusalCode.NotAllowed or RefusalCode.NotJoined => StatusCodes.Status403Forbidden,
        RefusalCode.IdReused or RefusalCode.OutcomeUnknown => StatusCodes.Status409Conflict,
        RefusalCode.NotInOrder or RefusalCode.RoomGone => StatusCodes.Status409Conflict,
        RefusalCode.ConditionFailed => StatusCodes.Status412PreconditionFailed,
        RefusalCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalCode.NotKept or RefusalCode.Full => StatusCodes.Status507InsufficientStorage,
        RefusalCode.TooManyRooms or RefusalCode.Unavailable or RefusalCode.Busy => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };
}
