using System.CommandLine;
using System.Globalization;
using Kodama.Bench.Load;

namespace Kodama.Bench.Receiving;

/// <summary><c>receive</c>: one client in a process of its own, which prints what a message has cost it.</summary>
internal static class ReceiveCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("client") { Description = string.Join(", ", Receiver.All.Select(r => r.Name)) };
        var port = new Argument<int>("port") { Description = "The hub's port on 127.0.0.1" };
        var warmUp = new Option<int>("--warm") { DefaultValueFactory = _ => 10_000, Description = "Messages before measuring" };
        var count = new Option<int>("--count") { DefaultValueFactory = _ => 20_000, Description = "Messages measured" };
        var command = new Command("receive", "Hears messages, checks that all came in order, and prints CPU time and bytes of each.")
        {
            name, port, warmUp, count,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            var receiver = Receiver.All.Single(r => r.Name == result.GetValue(name));
            try
            {
                Console.WriteLine(await MeasureAsync(
                    receiver, result.GetValue(port), result.GetValue(warmUp), result.GetValue(count), cancellationToken));
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

    private static async Task<string> MeasureAsync(Receiver receiver, int port, int warmUp, int count, CancellationToken cancellationToken)
    {
        var (expected, cpu, bytes) = (0L, TimeSpan.Zero, 0L);
        await foreach (var number in receiver.HearAsync(port, () => Console.WriteLine("joined"), cancellationToken))
        {
            if (number != expected)
                throw new LoadException($"{receiver.Name} heard message {number} where {expected} was to come.");
            if (expected++ == warmUp)
                (cpu, bytes) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
            else if (expected == warmUp + count)
                break;
        }
        var microseconds = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / count;
        var allocated = (GC.GetTotalAllocatedBytes() - bytes) / count;
        return string.Create(CultureInfo.InvariantCulture, $"{microseconds:0.00} {allocated}");
    }
}
