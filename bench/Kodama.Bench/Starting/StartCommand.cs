using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Kodama.Bench.Starting;

/// <summary><c>start</c>: what people install, as it starts: its size, the time to its first answer, its memory while it is idle.</summary>
internal static class StartCommand
{
    private const int Runs = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var program = new Argument<FileInfo>("program") { Description = "kodama as it was published: ./publish.sh linux-x64 makes one" };
        var command = new Command("start", "Starts kodama serve ten times: its size, the time to its first answer, its memory while idle.")
        {
            program.AcceptExistingOnly(),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(program);
            Console.WriteLine(Line("size", file.Length / 1e6, "MB", "25"));
            var (times, memory) = (new List<double>(), 0L);
            for (var i = 0; i < Runs; i++)
            {
                var (time, resident) = await MeasureAsync(file.FullName, isLast: i == Runs - 1, cancellationToken);
                times.Add(time.TotalMilliseconds);
                memory = resident;
            }
            times.Sort();
            Console.WriteLine(Line("first answer, median of ten", times[Runs / 2], "ms", "40"));
            Console.WriteLine(Line("resident while idle", memory / 1e6, "MB", "35"));
        });
        return command;
    }

    private static string Line(string what, double value, string unit, string most) =>
        string.Create(CultureInfo.InvariantCulture, $"{what,-28} {value,6:0.0} {unit}, at most {most}");

    private static async Task<(TimeSpan First, long Resident)> MeasureAsync(
        string program, bool isLast, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var begun = Stopwatch.GetTimestamp();
        string[] serve = ["serve", "--quiet", "--no-advertise", "--host", "127.0.0.1", "--port", $"{port}"];
        using var hub = Process.Start(new ProcessStartInfo(program, serve) { RedirectStandardOutput = true })!;
        try
        {
            await FirstAnswerAsync(port, cancellationToken);
            var first = Stopwatch.GetElapsedTime(begun);
            if (isLast) await Task.Delay(Settling, cancellationToken);
            hub.Refresh();
            return (first, hub.WorkingSet64);
        }
        finally
        {
            hub.Kill();
            await hub.WaitForExitAsync(CancellationToken.None);
        }
    }

    // A socket of its own: an HttpClient would take longer to be made than the hub to start.
    private static async Task FirstAnswerAsync(int port, CancellationToken cancellationToken)
    {
        var deadline = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(deadline) < Patience)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
                var request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();
                await socket.SendAsync(request, cancellationToken);
                var answer = new byte[256];
                if (await socket.ReceiveAsync(answer, cancellationToken) > 0) return;
            }
            catch (SocketException)
            {
                await Task.Delay(1, cancellationToken);
            }
        }
        throw new TimeoutException($"No answer on port {port} within {Patience.TotalSeconds} s.");
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
