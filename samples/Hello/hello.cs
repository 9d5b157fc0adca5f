using System.Net.WebSockets;
using System.Text;

using var socket = new ClientWebSocket();
await socket.ConnectAsync(new Uri("ws://localhost:8080/ws?name=DotNet"), default);
await socket.SendAsync("Hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);

var buffer = new byte[64 * 1024];
while (await socket.ReceiveAsync(buffer, default) is { MessageType: not WebSocketMessageType.Close } received)
    Console.WriteLine(Encoding.UTF8.GetString(buffer, 0, received.Count));
