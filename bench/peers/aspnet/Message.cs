using System.Net.WebSockets;

namespace Kodama.Bench.AspNet;

internal sealed record Message(ReadOnlyMemory<byte> Payload, WebSocketMessageType Type);
