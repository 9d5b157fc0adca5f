using System.CommandLine;
using Kodama.Bench.Load.Crowd;
using Kodama.Bench.Load.Polling;
using Kodama.Bench.Load.Publishing;

namespace Kodama.Bench.Load;

/// <summary>The load generator: prints one line of JSON, with the names that wsload uses.</summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var mode = new Argument<LoadMode>("mode")
        {
            Description =
                "echo, fanout, acks, idle, polling or publish; resume or join: clients of kodama.v1, with a path and protocol of their own",
        };
        var port = new Argument<int>("port") { Description = "The server's port on 127.0.0.1" };
        var path = new Argument<string>("path")
        {
            Description = "Where to connect; %d becomes the room's number, and what follows a # is the room to ask for there (sio)",
        };
        var protocol = new Option<string>("--proto")
        {
            DefaultValueFactory = _ => "raw",
            Description = "raw, signalr, sio, pusher or ably",
        };
        var connections = Positive("--conns", 100, "Connections (all but fanout)");
        var rooms = Positive("--rooms", 1, "Rooms (fanout)");
        var subscribers = Positive("--subs", 200, "Subscribers per room (fanout)");
        var publishers = Positive("--pubs", 1, "Publishers per room (fanout)");
        var rate = Number("--rate", 1000, "Messages per second in all (fanout, acks, resume, join)");
        var kept = Positive("--kept", 10_000, "Messages that are there before (resume)");
        var depth = Positive("--depth", 1, "Messages in flight per connection (echo)");
        var size = Positive("--size", 64, "Bytes per message");
        var binary = new Option<bool>("--binary") { Description = "Binary messages (raw)" };
        var warmUp = Number("--warm", 2, "Seconds before measuring");
        var duration = Number("--secs", 5, "Seconds measured");
        var sources = new Option<int>("--ips") { DefaultValueFactory = _ => 1, Description = "Loopback addresses to connect from" };
        var tls = new Option<bool>("--tls") { Description = "Speak TLS (echo, fanout, idle)" };
        var resume = new Option<bool>("--resume") { Description = "Resume sessions of TLS" };
        var server = new Option<int>("--pid") { Description = "The server's process, for its CPU time and memory" };

        var command = new Command("load", "Loads a server, checks that everything arrived, once and in order, and prints a line of JSON.")
        {
            mode, port, path, protocol, connections, rooms, subscribers, publishers, rate, kept, depth, size, binary,
            warmUp, duration, sources, tls, resume, server,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var options = new LoadOptions
            {
                Mode = result.GetValue(mode),
                Port = result.GetValue(port),
                Path = result.GetRequiredValue(path),
                Protocol = result.GetRequiredValue(protocol),
                Connections = result.GetValue(connections),
                Rooms = result.GetValue(rooms),
                Subscribers = result.GetValue(subscribers),
                Publishers = result.GetValue(publishers),
                Rate = result.GetValue(rate),
                Kept = result.GetValue(kept),
                Depth = result.GetValue(depth),
                Size = result.GetValue(size),
                Binary = result.GetValue(binary),
                WarmUp = TimeSpan.FromSeconds(result.GetValue(warmUp)),
                Duration = TimeSpan.FromSeconds(result.GetValue(duration)),
                Sources = result.GetValue(sources),
                Tls = result.GetValue(tls),
                Resumes = result.GetValue(resume),
                ServerProcessId = result.GetValue(server),
            };
            if (options.Error() is { } error)
            {
                await Console.Error.WriteLineAsync(error);
                return 2;
            }

            try
            {
                Console.WriteLine(Run(options, cancellationToken).ToJson());
                return 0;
            }
            catch (LoadException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 3;
            }
        });
        return command;
    }

    private static LoadResult Run(LoadOptions options, CancellationToken cancellationToken)
    {
        if (options.Mode == LoadMode.Polling)
        {
            using var polling = new PollingGenerator(options);
            return polling.Run(cancellationToken);
        }

        if (options.Mode == LoadMode.Publish)
        {
            using var publishing = new PublishGenerator(options);
            return publishing.Run(cancellationToken);
        }

        if (options.Mode is LoadMode.Resume or LoadMode.Join)
        {
            using var crowd = new CrowdGenerator(options);
            return crowd.Run(cancellationToken);
        }

        using var generator = new LoadGenerator(options);
        return generator.Run(cancellationToken);
    }

    private static Option<int> Positive(string name, int value, string description)
    {
        var option = new Option<int>(name) { DefaultValueFactory = _ => value, Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} must be at least 1.");
        });
        return option;
    }

    private static Option<double> Number(string name, double value, string description) =>
        new(name) { DefaultValueFactory = _ => value, Description = description };
}
