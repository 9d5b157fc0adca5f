using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Kodama.Bench.Load.Crowd;

/// <summary>One of the crowd: how far it is, and whether everything came to it once, in order and unaltered.</summary>
/// <param name="crowd">What it is part of.</param>
/// <param name="number">Its own number among all connections.</param>
/// <param name="before">The same client before it was cut off: it comes back with its session to where it was. Null for a new one.</param>
internal sealed class CrowdReader(CrowdGenerator crowd, int number, CrowdReader? before) : WebSocketConnection(crowd.Poller, number)
{
    // {"offset":                  42,"time":   1764357725123,"type":"message", and {"offset":                  44,"type":"mark",
    // It is the hub under test: what is not as it writes it is an error here, though other clients take any JSON.
    private const int OffsetAt = 10;
    private const int OffsetEnd = OffsetAt + 20;

    private State _state;
    private bool _isLive;
    private long? _startsAt;
    private string _epoch = "";

    // As the hub gave it: an object of JSON.
    private string? _session = before?._session;

    private enum State
    {
        Greeting,
        Joining,
        Inside,
        Outside,
    }

    /// <summary>The offset up to which it has everything.</summary>
    public long Last { get; private set; }

    /// <param name="start">As in <see cref="CrowdProtocol.JoinAt"/>.</param>
    /// <param name="startsAt">The offset behind which that is; null for the room's last, whatever it is.</param>
    public void Join(string? start, long? startsAt)
    {
        (_state, _isLive, _startsAt) = (State.Joining, false, startsAt);
        Say(CrowdProtocol.JoinAt(start));
        Flush();
    }

    public void Leave()
    {
        Say(CrowdProtocol.Leave);
        Flush();
    }

    protected override void OnReceived(int bytes) => crowd.Received += bytes;

    protected override void OnUpgraded() => Say(CrowdProtocol.HelloWith(_session));

    protected override void OnMessage(ReadOnlySpan<byte> message, long now)
    {
        if (message.StartsWith("{\"offset\":"u8)
            && Utf8Parser.TryParse(message[OffsetAt..OffsetEnd].TrimStart((byte)' '), out long offset, out _))
        {
            if (message[OffsetEnd..].StartsWith(",\"type\":\"mark\""u8))
                OnMark(message, offset);
            else
                OnEntry(message, offset, now);
        }
        else
        {
            OnAnswer(message);
        }
    }

    protected override void OnClosed(string how) => throw new LoadException($"The hub closed reader {Number} at {Last}: {how}.");

    private void OnEntry(ReadOnlySpan<byte> message, long offset, long now)
    {
        if (_state != State.Inside || !Stamp.TryFind(message, out var stamp, out var rest))
        {
            crowd.Tally.Stray();
            return;
        }

        var intact = offset == stamp.Sequence + 1L && rest.StartsWith(crowd.Template.Padding);
        Last = crowd.Tally.Deliver(stamp.Sequence, Last, intact, now - stamp.SentAt);
    }

    private void OnMark(ReadOnlySpan<byte> message, long offset)
    {
        if (offset != Last || message.IndexOf("\"gap\":"u8) >= 0)
            throw Wrong("has everything up to", message);
        if (!_isLive && message.IndexOf("\"live\":true"u8) >= 0)
        {
            _isLive = true;
            crowd.OnLive();
        }
    }

    private void OnAnswer(ReadOnlySpan<byte> message)
    {
        using var answer = JsonDocument.Parse(Encoding.UTF8.GetString(message));
        switch (answer.RootElement.GetProperty("type").GetString())
        {
            case "hello" when _state == State.Greeting:
                OnHello(answer.RootElement, message);
                break;
            case "joined" when _state == State.Joining:
                OnJoined(answer.RootElement, message);
                break;
            case "ok" when _state == State.Inside:
                _state = State.Outside;
                crowd.OnReady();
                break;
            default:
                throw Wrong("is at", message);
        }
    }

    private void OnHello(JsonElement hello, ReadOnlySpan<byte> message)
    {
        if (before is not null && !hello.GetProperty("resumed").GetBoolean())
            throw Wrong("came back with its session, at", message);
        _session = hello.GetProperty("session").GetRawText();
        Join(before is null ? null : $"\"after\":\"{before._epoch}:{before.Last}\"", before?.Last);
    }

    private void OnJoined(JsonElement joined, ReadOnlySpan<byte> message)
    {
        var position = joined.GetProperty("position").GetString()!.Split(':');
        (_epoch, Last) = (position[0], long.Parse(position[1], CultureInfo.InvariantCulture));
        if (joined.TryGetProperty("gap", out _) || (_startsAt is { } start && start != Last))
            throw Wrong($"asked for what is behind {_startsAt}, and was at", message);
        _state = State.Inside;
        crowd.OnReady();
    }

    private LoadException Wrong(string where, ReadOnlySpan<byte> message) =>
        new($"Reader {Number} {where} {Last}, and the hub said {Encoding.UTF8.GetString(message)}");

    private void Say(string text) => Out.Add(FrameTemplate.Control(Opcode.Text, Encoding.UTF8.GetBytes(text)));
}
