using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Kodama.Bench.Soak;

internal enum SocketIOWay
{
    WebSocket,
    Polling,
    Upgrade,
}

/// <summary>A Socket.IO client (docs/specs/socketio.md), by WebSocket, by polling, or by polling and then a WebSocket.</summary>
internal sealed class SocketIOPeer(Wire wire, SocketIOWay way) : SoakPeer(wire)
{
    private const char Separator = '\x1e';
    private const string Path = "/socket.io/?EIO=4&transport=";

    private readonly Queue<string> _unread = new();
    private readonly SemaphoreSlim _posting = new(1);
    private TextSocket? _socket;
    private string _polls = "";

    public override async Task JoinAsync(string room, CancellationToken cancellationToken)
    {
        if (way == SocketIOWay.WebSocket)
        {
            await OpenSocketAsync(Path + "websocket", cancellationToken);
            await PacketAsync("open", p => p.StartsWith('0'), cancellationToken);
        }
        else
        {
            _polls = Path + "polling";
            using var opened = JsonDocument.Parse((await PacketAsync("open", p => p.StartsWith('0'), cancellationToken))[1..]);
            _polls += "&sid=" + opened.RootElement.GetProperty("sid").GetString();
        }

        await SendAsync("40", cancellationToken);
        await PacketAsync("connect", p => p.StartsWith("40", StringComparison.Ordinal), cancellationToken);
        if (way == SocketIOWay.Upgrade)
            await UpgradeAsync(cancellationToken);
        await SendAsync($"420[\"join\",{JsonSerializer.Serialize(room)}]", cancellationToken);
        await PacketAsync("the join's ack", p => p.StartsWith("430", StringComparison.Ordinal), cancellationToken);
    }

    public override Task SayAsync(string text, CancellationToken cancellationToken) =>
        SendAsync($"42[\"message\",{JsonSerializer.Serialize(text)}]", cancellationToken);

    public override async IAsyncEnumerable<string> HearAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken) is { } packet)
        {
            if (!packet.StartsWith("42[\"message\",", StringComparison.Ordinal))
                continue;
            using var arguments = JsonDocument.Parse(packet[2..]);
            yield return arguments.RootElement[1].GetString()!;
        }
    }

    public override async Task LeaveAsync(CancellationToken cancellationToken)
    {
        await SendAsync("41", cancellationToken);
        if (_socket is null)
            await SendAsync("1", cancellationToken);
        else
            await _socket.CloseAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _socket?.Dispose();
        _posting.Dispose();
        base.Dispose();
    }

    private async Task OpenSocketAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new TextSocket();
        try
        {
            await socket.ConnectAsync(Wire, path, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        _socket = socket;
    }

    // No GET waits meanwhile, so none has to be let go.
    private async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        await OpenSocketAsync(_polls.Replace("polling", "websocket", StringComparison.Ordinal), cancellationToken);
        await _socket!.SendAsync("2probe", cancellationToken);
        await PacketAsync("3probe", p => p == "3probe", cancellationToken);
        await _socket.SendAsync("5", cancellationToken);
    }

    private async Task<string> PacketAsync(string what, Func<string, bool> fits, CancellationToken cancellationToken)
    {
        try
        {
            while (await NextAsync(cancellationToken) is { } packet)
            {
                if (fits(packet))
                    return packet;
            }
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"The hub did not send {what} in time.", e);
        }
        throw new InvalidDataException($"The hub ended a session instead of sending {what}.");
    }

    // Answers pings; null once the hub has closed.
    private async Task<string?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            while (_unread.TryDequeue(out var packet))
            {
                if (packet is "1" or "41")
                    return null;
                if (packet != "2")
                    return packet;
                await SendAsync("3", cancellationToken);
            }

            if (_socket is not null)
            {
                if (await _socket.ReceiveAsync(cancellationToken) is not { } received)
                    return null;
                _unread.Enqueue(received);
                continue;
            }

            using var answer = await Wire.Http.GetAsync(_polls, cancellationToken);
            answer.EnsureSuccessStatusCode();
            foreach (var packet in (await answer.Content.ReadAsStringAsync(cancellationToken)).Split(Separator))
                _unread.Enqueue(packet);
        }
    }

    private async Task SendAsync(string packet, CancellationToken cancellationToken)
    {
        if (_socket is not null)
        {
            await _socket.SendAsync(packet, cancellationToken);
            return;
        }

        await _posting.WaitAsync(cancellationToken);
        try
        {
            using var body = new StringContent(packet);
            using var answer = await Wire.Http.PostAsync(_polls, body, cancellationToken);
            answer.EnsureSuccessStatusCode();
        }
        finally
        {
            _posting.Release();
        }
    }
}
