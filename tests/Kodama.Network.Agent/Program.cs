using System.Collections.Concurrent;
using System.Text.Json;
using Kodama.Network.Agent.Clients;
using Kodama.Network.Agent.Datagrams;
using Kodama.Network.Agent.Discovery;
using Kodama.Network.Agent.Hubs;
using Kodama.Network.Agent.Messages;
using Kodama.Network.Agent.Verbs;

// Commands come as lines of JSON, events go as lines of JSON, and the end of the input is the end.
var advertise = new AdvertiseVerb();
var verbs = new IVerb[]
{
    new ListenVerb(), new SendVerb(), new ScanVerb(), new WatchVerb(), advertise, new UpdateVerb(advertise), new ServeVerb(),
    new ConnectVerb(),
}.ToDictionary(verb => verb.Name);
var output = TextWriter.Synchronized(Console.Out);
var running = new ConcurrentDictionary<int, CancellationTokenSource>();

while (await Console.In.ReadLineAsync() is { } line)
{
    var command = JsonSerializer.Deserialize<AgentCommand>(line, AgentJson.Options)!;
    if (command.Verb == AgentCommand.Stop)
    {
        if (running.TryGetValue(command.Id, out var stop)) await stop.CancelAsync();
        continue;
    }
    var stopped = running[command.Id] = new CancellationTokenSource();
    _ = Task.Run(async () =>
    {
        await new Errand(command, output).RunAsync(verbs[command.Verb], stopped.Token);
        running.TryRemove(command.Id, out _);
    });
}
