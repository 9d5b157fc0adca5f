// Starts and stops servers as the lines of its standard input say: the counterpart of tests/clients/socketio/server/main.mjs.
using System.Text.Json;
using Kodama.SocketIO.Program;

var servers = new Dictionary<string, ScenarioServer>();
while (await Console.In.ReadLineAsync() is { } line)
{
    var command = JsonSerializer.Deserialize<Command>(line, JsonSerializerOptions.Web)!;
    switch (command.Name)
    {
        case "start":
            servers[command.Server] = await ScenarioServer.StartAsync(command);
            break;
        case "stop":
            servers.Remove(command.Server, out var server);
            await server!.StopAsync();
            break;
        default:
            throw new InvalidOperationException($"There is no command {command.Name}.");
    }
}
