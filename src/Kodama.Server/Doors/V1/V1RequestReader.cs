using System.Text.Json;

namespace Kodama.Server;

/// <summary>Reads a client's text frame (docs/specs/kodama.v1.md). Keeps no memory but slices of the frame.</summary>
/// <remarks>
/// Members that are not known are skipped. The number is kept whatever else is wrong, so that the error says whose it is.
/// </remarks>
internal ref struct V1RequestReader
{
    private readonly ReadOnlyMemory<byte> frame;
    private readonly V1Request request = new();
    private Utf8JsonReader reader;
    private V1Error? error;

    private V1RequestReader(ReadOnlyMemory<byte> frame)
    {
        this.frame = frame;
        // The frame's own object is a level.
        reader = new Utf8JsonReader(frame.Span, new JsonReaderOptions { MaxDepth = V1Limits.Depth + 1 });
    }

    /// <summary>The request, and what is wrong with it, or null.</summary>
    public static (V1Request Request, V1Error? Error) Read(ReadOnlyMemory<byte> frame)
    {
        var reading = new V1RequestReader(frame);
        reading.ReadFrame();
        return (reading.request, reading.error ?? V1RequestCheck.Check(reading.request));
    }

    private void ReadFrame()
    {
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                error = V1Error.Invalid("A text frame is a JSON object with a type.");
                return;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName) ReadMember();
            // Throws, where something follows.
            reader.Read();
        }
        catch (JsonException exception)
        {
            error ??= V1Error.Invalid(
                $"The frame is no JSON of at most {V1Limits.Depth} levels: look at byte {exception.BytePositionInLine}.");
        }
        catch (InvalidOperationException)
        {
            RefuseHalf();
        }
    }

    private void ReadMember()
    {
        if (Is("type"u8)) ReadType();
        else if (Is("n"u8)) request.Number = Integer("n", 0, V1Limits.Number);
        else if (Is("room"u8)) request.Room = String("room") ?? "";
        else if (Is("event"u8)) request.Event = String("event") ?? "";
        else if (Is("text"u8)) ReadText();
        else if (Is("args"u8)) ReadArguments();
        else if (Is("binary"u8)) ReadBinary();
        else if (Is("id"u8)) request.Id = String("id");
        else if (Is("again"u8)) request.Again = ReadPosition("again");
        else if (Is("transient"u8)) request.IsTransient = Boolean("transient");
        else if (Is("after"u8)) request.After = ReadPosition("after");
        else if (Is("before"u8)) request.Before = ReadPosition("before");
        else if (Is("last"u8)) request.Last = (int?)Integer("last", 0, int.MaxValue);
        else if (Is("since"u8)) ReadSince();
        else if (Is("presence"u8)) request.WantsPresence = Boolean("presence");
        else if (Is("state"u8)) request.WantsState = Boolean("state");
        else if (Is("lists"u8)) request.WantsLists = Boolean("lists");
        else if (Is("token"u8)) request.Token = String("token");
        else if (Is("limit"u8)) request.Limit = (int?)Integer("limit", 1, V1Limits.Page) ?? V1Limits.DefaultPage;
        else if (Is("data"u8)) request.Data = Slice();
        else if (Is("key"u8)) request.Key = String("key");
        else if (Is("bound"u8)) request.IsBound = Boolean("bound");
        else if (Is("to"u8)) request.To = String("to");
        else if (Is("session"u8)) ReadSession();
        else Slice();
    }

    private void ReadType()
    {
        if (String("type") is not { } type) return;
        request.Type = type switch
        {
            "hello" => V1RequestType.Hello,
            "join" => V1RequestType.Join,
            "leave" => V1RequestType.Leave,
            "publish" => V1RequestType.Publish,
            "history" => V1RequestType.History,
            "enter" => V1RequestType.Enter,
            "exit" => V1RequestType.Exit,
            "members" => V1RequestType.Members,
            "set" => V1RequestType.Set,
            "remove" => V1RequestType.Remove,
            "state" => V1RequestType.State,
            "send" => V1RequestType.Send,
            "ping" => V1RequestType.Ping,
            _ => V1RequestType.None,
        };
        if (request.Type == V1RequestType.None)
            error ??= new V1Error(V1Error.UnknownType, $"This hub knows no request of type {V1Error.Quote(type)}.");
    }

    private void ReadText()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            Refuse("text", "a string");
            return;
        }
        request.Payloads++;
        if (reader.ValueIsEscaped)
        {
            var unescaped = new byte[reader.ValueSpan.Length];
            request.Payload = Payload.OfText(unescaped.AsMemory(0, reader.CopyString(unescaped)));
            return;
        }
        // Behind the quotation mark.
        request.Payload = Payload.OfText(frame.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length));
    }

    private void ReadArguments()
    {
        var arguments = Slice();
        if (arguments.Span[0] != (byte)'[')
        {
            Refuse("args", "an array");
            return;
        }
        if (!JsonEscapes.AreWhole(arguments.Span)) RefuseHalf();
        request.Payloads++;
        request.Payload = Payload.Arguments(arguments);
    }

    private void ReadBinary()
    {
        request.IsBinary = Boolean("binary");
        if (request.IsBinary) request.Payloads++;
    }

    private void ReadSince()
    {
        if (Integer("since", 0, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) is { } since)
            request.Since = DateTimeOffset.FromUnixTimeMilliseconds(since);
    }

    private void ReadSession()
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Refuse("session", "an object with id and secret");
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is("id"u8)) request.SessionId = String("session.id");
            else if (Is("secret"u8)) request.SessionSecret = String("session.secret");
            else Slice();
        }
    }

    private Position? ReadPosition(string name)
    {
        if (String(name) is not { } text) return null;
        if (Position.TryParse(text, out var position)) return position;
        error ??= V1Error.Invalid($"{name} is {V1Error.Quote(text)}; a position is EPOCH:OFFSET, as the hub has said it.");
        return null;
    }

    private string? String(string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString();
        Refuse(name, "a string");
        return null;
    }

    private bool Boolean(string name)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False) return reader.TokenType == JsonTokenType.True;
        Refuse(name, "true or false");
        return false;
    }

    private long? Integer(string name, long least, long most)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) && value >= least && value <= most) return value;
        Refuse(name, $"an integer from {least} to {most}");
        return null;
    }

    /// <summary>The value as it is in the frame.</summary>
    private ReadOnlyMemory<byte> Slice()
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return frame[start..(int)reader.BytesConsumed];
    }

    private void Refuse(string name, string expected)
    {
        reader.Skip();
        error ??= V1Error.Invalid($"{name} must be {expected}.");
    }

    private void RefuseHalf() => error ??= V1Error.Invalid($"A string holds half a character: {JsonEscapes.Rule}.");

    private readonly bool Is(ReadOnlySpan<byte> name) => reader.ValueTextEquals(name);
}
