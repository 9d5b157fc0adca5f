using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Kodama.Bench.Processes;

namespace Kodama.Bench.Load.Publishing;

/// <summary>
/// Publishes over HTTP to a room in which nobody is, by connections that are kept, one request in flight on each. By path <c>/apps/...</c>
/// it is Pusher's API, signed; else the hub's own.
/// </summary>
internal sealed class PublishGenerator : IDisposable
{
    private const string Room = "bench";
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(10);

    private readonly LoadOptions _options;
    private readonly byte[] _request;
    private readonly Socket[] _connections;
    private readonly byte[] _answer = new byte[4096];
    private long _answered;

    public PublishGenerator(LoadOptions options)
    {
        _options = options;
        _request = Request(options);
        _connections = [.. Enumerable.Range(0, options.Connections).Select(_ => Connect(options.Port))];
    }

    public LoadResult Run(CancellationToken cancellationToken)
    {
        foreach (var connection in _connections)
            connection.Send(_request);
        Load(_options.WarmUp, cancellationToken);
        var (from, answered, server, own) = (Stamp.Now, _answered, Usage(_options.ServerProcessId), Usage(Environment.ProcessId));
        Load(_options.Duration, cancellationToken);
        var seconds = (Stamp.Now - from) / 1e9;
        var count = _answered - answered;
        var cpu = Usage(_options.ServerProcessId).CpuSeconds - server.CpuSeconds;
        var load = Usage(Environment.ProcessId).CpuSeconds - own.CpuSeconds;
        foreach (var connection in _connections)
            Take(connection);
        return new LoadResult
        {
            Mode = "publish",
            Connections = _connections.Length,
            RequestsPerSecond = count / seconds,
            ServerCores = cpu / seconds,
            ServerMicrosecondsPerRequest = cpu * 1e6 / Math.Max(1, count),
            LoadCores = load / seconds,
            Expected = _answered,
            Got = OffsetAsync().GetAwaiter().GetResult(),
        };
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private static ProcessUsage Usage(int process) => ProcessUsage.Read(process);

    // Whoever has answered is asked again: as many are in flight as there are connections.
    private void Load(TimeSpan time, CancellationToken cancellationToken)
    {
        var end = Stamp.Now + (long)time.TotalNanoseconds;
        while (Stamp.Now < end)
        {
            foreach (var connection in _connections)
            {
                Take(connection);
                connection.Send(_request);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Take(Socket connection)
    {
        var length = 0;
        while (true)
        {
            var read = connection.Receive(_answer, length, _answer.Length - length, SocketFlags.None);
            if (read == 0)
                throw new LoadException("The server closed a connection.");
            length += read;
            var said = _answer.AsSpan(0, length);
            var end = said.IndexOf("\r\n\r\n"u8);
            if (end < 0)
                continue;
            if (!said.StartsWith("HTTP/1.1 200 "u8) && !said.StartsWith("HTTP/1.1 202 "u8))
                throw new LoadException($"The server answers {Encoding.UTF8.GetString(said)}");
            if (IsWhole(said[..end], said[(end + 4)..]))
                break;
        }

        _answered++;
    }

    private static bool IsWhole(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0)
            return body.EndsWith("0\r\n\r\n"u8);
        var rest = head[(at + "Content-Length: ".Length)..];
        var end = rest.IndexOf((byte)'\r');
        return body.Length >= int.Parse(end < 0 ? rest : rest[..end], CultureInfo.InvariantCulture);
    }

    // As many are in the room as were answered.
    private async Task<long> OffsetAsync()
    {
        using var http = new HttpClient();
        var rooms = await http.GetStringAsync(new Uri($"http://127.0.0.1:{_options.Port}/api/rooms"));
        var at = rooms.IndexOf("\"offset\":", rooms.IndexOf($"\"{Room}\"", StringComparison.Ordinal), StringComparison.Ordinal) + 9;
        return long.Parse(rooms.AsSpan(at, rooms.AsSpan(at).IndexOf(',')), CultureInfo.InvariantCulture);
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = (int)AnswerDeadline.TotalMilliseconds,
        };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private static byte[] Request(LoadOptions options)
    {
        var said = new string('x', options.Size);
        var isPusher = options.Path.StartsWith("/apps/", StringComparison.Ordinal);
        var (body, query) = isPusher ? Signed(options.Path, $$"""{"name":"m","channel":"{{Room}}","data":"{{said}}"}""") : (said, "");
        return Encoding.ASCII.GetBytes(
            $"POST {options.Path}{query} HTTP/1.1\r\nHost: 127.0.0.1:{options.Port}\r\n"
                + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }

    private static (string Body, string Query) Signed(string path, string body)
    {
#pragma warning disable CA5351 // The protocol's choice.
        var md5 = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5351
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var query = $"auth_key={PusherProtocol.Key}&auth_timestamp={now}&auth_version=1.0&body_md5={md5}";
        return (body, $"?{query}&auth_signature={PusherProtocol.Sign($"POST\n{path}\n{query}")}");
    }
}
