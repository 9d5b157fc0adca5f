// An echo server: whoever sends "hello" gets "ECHO: hello" back. Connect any WebSocket client to /ws.
using System.Globalization;
using Kodama;
using Kodama.Server;

var options = new KodamaOptions { Name = "Echo", Echo = true };
options.Rules
    .Filter(message => message.IsText ? FilterResult.Replace($"ECHO: {message.Text}") : FilterResult.Pass)
    .OnConnected(peer => Console.WriteLine($"{peer.Id} connected from {peer.RemoteAddress}"))
    .OnDisconnected((peer, reason) => Console.WriteLine($"{peer.Id} disconnected ({reason.Code})"));

await using var server = new KodamaServer(options);
await server.StartAsync("0.0.0.0", args is [var port] ? int.Parse(port, CultureInfo.InvariantCulture) : 8080);
Console.WriteLine($"Echoing at {server.Addresses[0].Replace("http", "ws")}/ws. Press Ctrl-C to stop.");
await server.WaitForShutdownAsync();
