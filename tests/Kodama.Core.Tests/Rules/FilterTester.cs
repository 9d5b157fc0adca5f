using System.Net;
using System.Text;

namespace Kodama.Core.Tests;

/// <summary>One speaker and one listener under some filters: what is said, and what comes of it.</summary>
internal sealed class FilterTester(TestPeer speaker, TestPeer listener)
{
    public TestPeer Speaker => speaker;

    public TestPeer Listener => listener;

    public static async Task<FilterTester> MakeAsync(Action<HubRules> add, string door = "test", IPAddress? address = null)
    {
        var rules = new HubRules();
        add(rules);
        var hub = new Hub(rules: rules);
        return new FilterTester(await hub.ComeAsync(door: door, address: address), await hub.ComeAsync());
    }

    public async Task PassesAsync(Payload payload, string? asText = null)
    {
        var before = listener.Received.Count;
        var result = await speaker.SayAsync(payload);
        Assert.Null(result.Refusal);
        Assert.Equal([asText ?? Encoding.UTF8.GetString(payload.Bytes.Span)], listener.Received.Skip(before));
    }

    public async Task DropsAsync(Payload payload, string why)
    {
        var before = listener.Received.Count;
        var result = await speaker.SayAsync(payload);
        Assert.Equal(PublishResult.Refused(RefusalCode.MessageRefused, why), result);
        Assert.Equal(before, listener.Received.Count);
    }

    public static Payload Json(string arguments, params ReadOnlyMemory<byte>[] attachments) =>
        Payload.Arguments(Encoding.UTF8.GetBytes(arguments), attachments);
}
