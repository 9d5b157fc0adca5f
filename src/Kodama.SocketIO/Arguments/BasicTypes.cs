using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kodama.SocketIO;

/// <summary>What needs no context of the application's: strings, numbers, raw JSON, bytes.</summary>
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(double))]
[JsonSerializable(typeof(decimal))]
[JsonSerializable(typeof(Guid))]
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(byte[]))]
[JsonSerializable(typeof(ReadOnlyMemory<byte>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(SocketIOValue))]
[JsonSerializable(typeof(SocketIOValue[]))]
[JsonSerializable(typeof(Dictionary<string, SocketIOValue>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class BasicTypes : JsonSerializerContext;
