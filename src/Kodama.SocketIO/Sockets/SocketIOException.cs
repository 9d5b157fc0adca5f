using System.Buffers;
using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>Something that a client may be told: thrown by a middleware, it refuses the client with this message and data.</summary>
public sealed class SocketIOException : Exception
{
    private Action<ArgumentJson, Utf8JsonWriter>? writeData;

    /// <summary>An error without data.</summary>
    public SocketIOException(string message)
        : base(message)
    {
    }

    /// <summary>An error without data, and what caused it, which is not told.</summary>
    public SocketIOException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>An error without message.</summary>
    public SocketIOException()
    {
    }

    /// <summary>An error with data, which the client finds in <c>error.data</c>.</summary>
    public static SocketIOException With<T>(string message, T data) =>
        new(message) { writeData = (json, writer) => json.WriteOne(writer, data) };

    /// <summary>The data in JSON; empty for none.</summary>
    internal ReadOnlySpan<byte> DataJson(ArgumentJson json)
    {
        if (writeData is null) return default;
        var output = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(output, ArgumentJson.Writing)) writeData(json, writer);
        return output.WrittenSpan;
    }
}
