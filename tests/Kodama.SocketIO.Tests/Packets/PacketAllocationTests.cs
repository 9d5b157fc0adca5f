namespace Kodama.SocketIO.Tests;

public class PacketAllocationTests
{
    private const int Times = 1000;

    [Theory]
    [InlineData("2[\"message\",\"hello\"]")]
    [InlineData("2/chat,12[\"move\",1,{\"x\":[1,2]}]")]
    [InlineData("312[\"x\"]")]
    public void Relay_OfAnEvent_AllocatesNothing(string text)
    {
        var original = Bytes.Of(text);
        var buffer = new byte[original.Length];
        var assembler = new PacketAssembler(PacketLimits.Default);
        var output = new byte[256];
        Relay();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Times; i++) Relay();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Relay()
        {
            original.CopyTo(buffer, 0);
            if (assembler.Read(buffer, out var packet) != AssemblyResult.Packet) Assert.Fail("not read");
            var payload = packet.ToPayload();
            var outgoing = packet.Type == PacketType.Event
                ? OutgoingPacket.ForEvent(packet.Namespace, packet.GetEventName(), payload, packet.AckId)
                : OutgoingPacket.Ack(packet.Namespace, 1, payload);
            PacketWriter.Write(outgoing, output);
        }
    }
}
