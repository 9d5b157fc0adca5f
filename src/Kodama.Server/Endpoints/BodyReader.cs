using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>Reads what a request brings, within the bounds of all that comes in, or refuses it.</summary>
internal sealed class BodyReader(KodamaOptions options, IncomingBounds bounds, KodamaMetrics metrics)
{
    /// <summary>The whole body, to be disposed; null, when it was refused, and the refusal is written.</summary>
    public async ValueTask<RequestBody?> ReadAsync(HttpContext context)
    {
        var body = new RequestBody(bounds, RemoteAddress.Of(context));
        var fault = BodyFault.BrokenOff;
        try
        {
            fault = await body.ReadAsync(context, options.MaxMessageSize, context.RequestAborted);
        }
        finally
        {
            if (fault != BodyFault.None) body.Dispose();
        }
        if (fault == BodyFault.None)
        {
            metrics.Received(body.Memory.Length);
            return body;
        }
        await RefuseAsync(context, fault);
        return null;
    }

    private Task RefuseAsync(HttpContext context, BodyFault fault)
    {
        metrics.Refused(fault.Stage());
        // Nobody is left to be told.
        if (fault == BodyFault.BrokenOff) return Task.CompletedTask;
        if (fault == BodyFault.NoRoom) context.Response.Headers.RetryAfter = "1";
        HttpError.EndConnection(context);
        var (code, message) = fault switch
        {
            BodyFault.TooLarge => ("MESSAGE_TOO_LARGE", $"A message takes at most {options.MaxMessageSize} bytes."),
            BodyFault.NoRoom => ("TOO_MUCH_UNDERWAY", "Too many messages are underway; send it again later."),
            BodyFault.TooSlow => ("MESSAGE_TOO_SLOW", $"A message must be whole within {bounds.Timeout.TotalSeconds} s."),
            _ => ("BAD_REQUEST", "The body is cut off, or its chunks are no HTTP (RFC 9112 section 7.1)."),
        };
        return HttpError.WriteAsync(context, fault.Status(), code, message);
    }
}
