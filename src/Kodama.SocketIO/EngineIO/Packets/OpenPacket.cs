using System.Globalization;
using System.Text;

namespace Kodama.SocketIO;

/// <summary>What the open packet tells a client.</summary>
/// <param name="Sid">The session's id, of characters that JSON does not escape.</param>
/// <param name="UpgradesToWebSocket">Whether the client may upgrade.</param>
/// <param name="PingInterval">Between two pings.</param>
/// <param name="PingTimeout">How long a ping may wait for its pong.</param>
/// <param name="MaxPayload">The most bytes of a polling body or WebSocket message.</param>
internal readonly record struct OpenPacket(
    string Sid, bool UpgradesToWebSocket, TimeSpan PingInterval, TimeSpan PingTimeout, int MaxPayload)
{
    /// <summary>The data of the open packet, its members in node's order.</summary>
    public byte[] ToJson()
    {
        var upgrades = UpgradesToWebSocket ? "\"websocket\"" : "";
        var interval = (long)PingInterval.TotalMilliseconds;
        var timeout = (long)PingTimeout.TotalMilliseconds;
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"sid":"{{Sid}}","upgrades":[{{upgrades}}]"""
                + $$""","pingInterval":{{interval}},"pingTimeout":{{timeout}},"maxPayload":{{MaxPayload}}}"""));
    }
}
