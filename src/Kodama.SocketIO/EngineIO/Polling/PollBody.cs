namespace Kodama.SocketIO;

/// <summary>The answer to one GET, as it is put together from frames of WebSocket form.</summary>
/// <param name="version">The session's revision.</param>
/// <param name="takesBytes">Whether a v3 client takes bytes as they are.</param>
internal sealed class PollBody(EngineVersion version, bool takesBytes) : IDisposable
{
    // v3 tells the format by whether any packet is binary, so its frames are kept until all are there.
    private readonly PooledBuffer collected = new();

    /// <summary>Bytes collected so far.</summary>
    public int Length => collected.Length;

    public void Add(ReadOnlySpan<byte> frames)
    {
        if (version == EngineVersion.V4)
        {
            PollingBody.Write(frames, EngineFormat.Polling, collected);
            return;
        }
        frames.CopyTo(collected.GetSpan(frames.Length));
        collected.Advance(frames.Length);
    }

    /// <summary>Adds a packet of one digit.</summary>
    public void Add(EnginePacketType type)
    {
        Span<byte> frame = stackalloc byte[8];
        Add(frame[..EnginePacketWriter.WriteText(frame, EngineFormat.WebSocket, type, default)]);
    }

    /// <summary>Writes the body, and says of which type it is.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="jsonp">The JSONP client's number, or null for another client.</param>
    public string WriteTo(PooledBuffer output, string? jsonp)
    {
        var format = EngineFormat.Polling;
        var body = collected;
        using var converted = new PooledBuffer();
        if (version == EngineVersion.V3)
        {
            format = takesBytes && jsonp is null && PollingBody.HasBinary(collected.Memory.Span)
                ? EngineFormat.PollingV3Binary
                : EngineFormat.PollingV3;
            PollingBody.Write(collected.Memory.Span, format, converted);
            body = converted;
        }
        else
        {
            // Separators stand between packets.
            collected.Cut(1);
        }
        if (jsonp is not null)
        {
            JsonpPayload.Write(output, jsonp, body.Memory.Span);
            return "text/javascript; charset=UTF-8";
        }
        body.Memory.Span.CopyTo(output.GetSpan(body.Length));
        output.Advance(body.Length);
        return format == EngineFormat.PollingV3Binary ? "application/octet-stream" : "text/plain; charset=UTF-8";
    }

    public void Dispose() => collected.Dispose();
}
