using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>A client of kodama.v1 in room lounge, with small buffers, that reads only when it is told to.</summary>
internal sealed class SlowReader(RawClient client) : IAsyncDisposable
{
    /// <summary>Which it has been told.</summary>
    public List<(long After, long UpTo)> Gaps { get; } = [];

    public static async Task<SlowReader> JoinAsync(TestHub hub)
    {
        var client = await hub.RawAsync(receiveBuffer: 8 * 1024);
        await client.UpgradeAsync("/ws", "Sec-WebSocket-Protocol: kodama.v1\r\n");
        await client.SendAsync([.. RawFrame.OfText("""{"type":"hello"}"""), .. RawFrame.OfText("""{"type":"join","room":"lounge"}""")]);
        var reader = new SlowReader(client);
        while (!(await reader.ReadAsync()).TryGetProperty("live", out _))
        {
        }
        return reader;
    }

    /// <summary>The offsets of the messages that come, up to this one.</summary>
    public async Task<List<long>> ReadOffsetsAsync(long until)
    {
        var offsets = new List<long>();
        while (offsets is not [.., var last] || last < until)
        {
            var frame = await ReadAsync();
            var type = frame.GetProperty("type").GetString();
            if (type == "message") offsets.Add(frame.GetProperty("offset").GetInt64());
            else if (type == "mark" && frame.TryGetProperty("gap", out var gap))
                Gaps.Add((gap.GetInt64(), frame.GetProperty("offset").GetInt64()));
        }
        return offsets;
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private async Task<JsonElement> ReadAsync()
    {
        var frame = await client.ReadFrameAsync() ?? throw new EndOfStreamException("The hub has ended the connection.");
        Assert.Equal(RawFrame.TextOpcode, frame.Opcode);
        return JsonDocument.Parse(frame.Payload).RootElement;
    }
}
