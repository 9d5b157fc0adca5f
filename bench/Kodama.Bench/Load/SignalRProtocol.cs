namespace Kodama.Bench.Load;

/// <summary>SignalR's JSON protocol: Send(text), which comes back as "message".</summary>
internal sealed class SignalRProtocol : WireProtocol
{
    public override byte? Separator => 0x1e;

    public override bool Greets => true;

    public override ReadOnlySpan<byte> Hello => "{\"protocol\":\"json\",\"version\":1}\u001e"u8;

    public override ReadOnlySpan<byte> Prefix => "{\"type\":1,\"target\":\"Send\",\"arguments\":[\""u8;

    public override ReadOnlySpan<byte> Suffix => "\"]}\u001e"u8;

    public override (byte[]? Answer, bool IsReady) OnOwn(ReadOnlySpan<byte> message) => (null, true);
}
