using System.Security.Cryptography;
using System.Text;

namespace Kodama.Bench.Load;

/// <summary>Pusher's protocol: everybody in one private channel, where what is said is a client event.</summary>
internal sealed class PusherProtocol : WireProtocol
{
    public const string Id = "1";
    public const string Key = "garden-key";
    public const string Secret = "garden-secret";

    /// <summary>As "serve" takes it.</summary>
    public const string App = $"{Id}:{Key}:{Secret}";

    private const string Channel = "private-bench";

    public override bool Greets => true;

    public override ReadOnlySpan<byte> Prefix => "{\"event\":\"client-m\",\"channel\":\"private-bench\",\"data\":\""u8;

    public override ReadOnlySpan<byte> Suffix => "\"}"u8;

    public override (byte[]? Answer, bool IsReady) OnOwn(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("{\"event\":\"pusher:connection_established\""u8)) return (Subscribe(SocketIdIn(message)), false);
        if (message.StartsWith("{\"event\":\"pusher_internal:subscription_succeeded\""u8)) return (null, true);
        if (message.StartsWith("{\"event\":\"pusher:error\""u8))
            throw new LoadException($"The server refused a client: {Encoding.UTF8.GetString(message)}");
        return (null, false);
    }

    /// <summary>HMAC-SHA256 of a text by the app's secret.</summary>
    public static string Sign(string text) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(text)));

    // "data":"{\"socket_id\":\"1.2\",...
    private static string SocketIdIn(ReadOnlySpan<byte> message)
    {
        var at = message[(message.IndexOf("socket_id"u8) + "socket_id\\\":\\\"".Length)..];
        return Encoding.ASCII.GetString(at[..at.IndexOf((byte)'\\')]);
    }

    private static byte[] Subscribe(string socketId)
    {
        var auth = $"{Key}:{Sign($"{socketId}:{Channel}")}";
        return Encoding.UTF8.GetBytes($$$"""{"event":"pusher:subscribe","data":{"channel":"{{{Channel}}}","auth":"{{{auth}}}"}}""");
    }
}
