using System.Text;

namespace Kodama.Bench.Load.Crowd;

/// <summary>Who speaks in the room: message N has offset N + 1, as nothing else happens there.</summary>
internal sealed class CrowdPublisher(CrowdGenerator crowd, int number) : WebSocketConnection(crowd.Poller, number)
{
    private bool _isReady;

    /// <summary>Messages sent, and so the room's last offset.</summary>
    public uint Sent { get; private set; }

    /// <summary>Whether the hub has answered the last ping, and so handled all that was sent before.</summary>
    public bool IsHandled { get; private set; }

    /// <summary>False where too much waits to be sent already, or it is not in the room yet.</summary>
    public bool TryPublish()
    {
        if (!_isReady || IsClosed || !Out.TryAdd(crowd.Template, new Stamp(Stamp.Now, Sent, 0)))
            return false;
        Sent++;
        return true;
    }

    public void AskWhetherHandled()
    {
        IsHandled = false;
        Say(CrowdProtocol.Ping);
        Flush();
    }

    protected override void OnUpgraded()
    {
        Say(CrowdProtocol.HelloWith(session: null));
        Say(CrowdProtocol.JoinAt(start: null));
    }

    protected override void OnMessage(ReadOnlySpan<byte> message, long now)
    {
        if (message.StartsWith("{\"type\":\"error\""u8))
            throw new LoadException($"The hub refused the publisher: {Encoding.UTF8.GetString(message)}");
        if (message.StartsWith("{\"type\":\"joined\""u8))
        {
            _isReady = true;
            crowd.OnReady();
        }

        IsHandled |= message.StartsWith("{\"type\":\"ok\""u8);
    }

    protected override void OnClosed(string how) => throw new LoadException($"The hub closed the publisher's connection: {how}.");

    private void Say(string text) => Out.Add(FrameTemplate.Control(Opcode.Text, Encoding.UTF8.GetBytes(text)));
}
