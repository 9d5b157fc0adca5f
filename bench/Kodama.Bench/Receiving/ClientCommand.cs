using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using Kodama.Bench.Compare;
using Kodama.Bench.Load;
using Kodama.Bench.Processes;
using Kodama.Bench.Servers;

namespace Kodama.Bench.Receiving;

/// <summary><c>client</c>: what a message costs our clients for .NET, beside the socket that they stand on.</summary>
internal static class ClientCommand
{
    private const int Core = 1;
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var rate = new Option<int>("--rate") { DefaultValueFactory = _ => 2_000, Description = "Messages per second" };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 3, Description = "How often each is measured, in turns" };
        var command = new Command("client", "What a message of 64 B costs KodamaClient and KodamaRooms, beside a bare ClientWebSocket.")
        {
            rate, rounds,
        };
        command.SetAction((result, cancellationToken) => RunAsync(result.GetValue(rate), result.GetValue(rounds), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(int rate, int rounds, CancellationToken cancellationToken)
    {
        var costs = Receiver.All.ToDictionary(r => r, _ => new List<(double Microseconds, long Bytes)>());
        try
        {
            await using var hub = await RunningServer.StartAsync(new KodamaServer(), echo: false, Repository.Find(), cancellationToken);
            for (var round = 0; round < rounds; round++)
            {
                foreach (var receiver in Receiver.All) costs[receiver].Add(await MeasureAsync(receiver, hub.Port, rate, cancellationToken));
            }
        }
        catch (LoadException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }

        Console.WriteLine("| client | | CPU us per message | bytes per message | |");
        Console.WriteLine("|---|---|---|---|---|");
        var below = 0d;
        foreach (var receiver in Receiver.All)
        {
            // The least is what it costs; what is more came from what else the machine did.
            var (microseconds, bytes) = costs[receiver].Min();
            var isBare = receiver is RawSocketReceiver or KodamaSocketReceiver;
            if (isBare) below = microseconds;
            var ratio = isBare ? "" : string.Create(CultureInfo.InvariantCulture, $"{microseconds / below:0.00} x");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| **{receiver.Name}** | {receiver.What} | {microseconds:0.0} | {bytes} | {ratio} |"));
        }
        return 0;
    }

    private static async Task<(double Microseconds, long Bytes)> MeasureAsync(
        Receiver receiver, int port, int rate, CancellationToken cancellationToken)
    {
        await using var child = ChildProcess.Start(
            "dotnet", [typeof(ClientCommand).Assembly.Location, "receive", receiver.Name, $"{port}"], Core);
        using var publisher = new ClientWebSocket();
        await publisher.ConnectAsync(new Uri($"ws://127.0.0.1:{port}/ws/{Receiver.Room}"), cancellationToken);
        while (child.Output != "joined")
        {
            if (child.HasExited)
                throw new LoadException($"{receiver.Name} did not join: {child.Complaint}");
            await Task.Delay(10, cancellationToken);
        }

        var publishing = PublishAsync(publisher, rate, () => child.HasExited, cancellationToken);
        if (!await child.WaitAsync(Deadline, cancellationToken) || child.ExitCode != 0)
            throw new LoadException($"{receiver.Name}: {child.Complaint}");
        await publishing;
        var words = child.Output.Split('\n')[^1].Split(' ');
        return (double.Parse(words[0], CultureInfo.InvariantCulture), long.Parse(words[1], CultureInfo.InvariantCulture));
    }

    // Each by itself as far as the timer goes: a client that is spoken to all the time is not what most are.
    private static async Task PublishAsync(ClientWebSocket socket, int rate, Func<bool> isOver, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        var since = Stopwatch.GetTimestamp();
        for (var sent = 0L; !isOver() && await timer.WaitForNextTickAsync(cancellationToken);)
        {
            var due = Stopwatch.GetElapsedTime(since).TotalSeconds * rate;
            for (; sent < due; sent++)
                await socket.SendAsync(Numbers.Write(sent), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
    }
}
