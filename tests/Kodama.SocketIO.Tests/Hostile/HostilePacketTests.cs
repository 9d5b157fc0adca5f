using System.Net;

namespace Kodama.SocketIO.Tests.Hostile;

/// <summary>Every odd packet ends its session or is served, by both transports, and nobody else notices.</summary>
public sealed class HostilePacketTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Packets_ByPolling_EndTheSessionOrAreServed()
    {
        await using var hub = await HostileHub.StartAsync();
        var wrong = new List<string>();

        foreach (var (name, (packet, isServed)) in HostilePackets.All)
        {
            var sid = await hub.ComeAsync();
            var (status, _) = await hub.PostAsync(sid, packet);
            // What cannot be read is the session's affair, not the request's.
            if (status != HttpStatusCode.OK) wrong.Add($"{name}: {status}");
            if (await hub.IsServedAsync(sid) != isServed) wrong.Add(name);
        }

        Assert.Empty(wrong);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Packets_ByWebSocket_EndTheSessionOrAreServed()
    {
        await using var hub = await HostileHub.StartAsync();
        var wrong = new List<string>();

        foreach (var (name, (packet, isServed)) in HostilePackets.All)
        {
            await using var client = await hub.ConnectAsync();
            foreach (var one in packet.Split('\u001e')) await client.SendAsync(RawFrame.OfText(one));
            if (await HostileHub.IsServedAsync(client) != isServed) wrong.Add(name);
        }

        Assert.Empty(wrong);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task MessagePack_EndsTheSessionOrIsServed()
    {
        await using var hub = await HostileHub.StartAsync();
        var wrong = new List<string>();
        var still = NotePack.Packet(PacketType.Event, """["echo","still here"]""");

        foreach (var (name, (packet, isServed)) in HostilePackets.MessagePack)
        {
            await using var client = await hub.ConnectAsync(joins: false);
            // Byte by byte, which is one message all the same.
            foreach (var one in RawFrame.Masked(RawFrame.BinaryOpcode, NotePack.Packet(PacketType.Connect, "null")))
                await client.SendAsync([one]);
            await client.ReadFrameAsync();
            await client.SendAsync(RawFrame.Masked(RawFrame.BinaryOpcode, packet));
            if (await HostileHub.IsServedAsync(client, still) != isServed) wrong.Add(name);
        }

        Assert.Empty(wrong);
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("C3 28")]
    [InlineData("34 32 5B 22 FF 22 5D")]
    [InlineData("34 32 5B 22 ED A0 80 22 5D")]
    [InlineData("34 32 5B 22 F8 88 80 80 80 22 5D")]
    public async Task Bytes_ThatAreNoUtf8_EndTheSession(string hex)
    {
        await using var hub = await HostileHub.StartAsync();
        var bytes = Bytes.Hex(hex);
        var sid = await hub.ComeAsync();
        await using var client = await hub.ConnectAsync();

        await hub.PostAsync(sid, new ByteArrayContent(bytes));
        await client.SendAsync(RawFrame.Masked(RawFrame.TextOpcode, bytes));

        Assert.False(await hub.IsServedAsync(sid));
        Assert.Equal(1007, (await client.ReadCloseAsync()).CloseCode);
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("42[\"echo\"]")]
    [InlineData("3")]
    [InlineData("")]
    [InlineData("40/nowhere,")]
    public async Task Packets_AHundredThousandInOneBody_EndTheSession(string packet)
    {
        await using var hub = await HostileHub.StartAsync();
        var sid = await hub.ComeAsync();
        var body = string.Join('\u001e', Enumerable.Repeat(packet, Math.Min(100_000, 990_000 / (packet.Length + 1))));

        await hub.PostAsync(sid, body);

        Assert.False(await hub.IsServedAsync(sid));
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("3", true)]
    [InlineData("6", true)]
    [InlineData("4399[1]", true)]
    [InlineData("42[\"nobody listens\"]", true)]
    [InlineData("40/nowhere,", null)]
    public async Task Packets_AHundredThousandByWebSocket_AreServedOrEndTheSession(string packet, bool? isServed)
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();
        var many = Enumerable.Repeat(RawFrame.OfText(packet), 1000).SelectMany(frame => frame).ToArray();

        try
        {
            for (var i = 0; i < 100; i++) await client.SendAsync(many);
        }
        catch (IOException) when (isServed is null)
        {
            // What is answered and not read ends the session, as any outbox that overflows.
        }

        if (isServed is { } expected) Assert.Equal(expected, await HostileHub.IsServedAsync(client));
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Message_LargerThanMayBe_EndsTheSession()
    {
        await using var hub = await HostileHub.StartAsync();
        var sid = await hub.ComeAsync();
        await using var client = await hub.ConnectAsync();

        var (status, _) = await hub.PostAsync(sid, new string('4', 1_000_001));
        await client.SendAsync([.. RawFrame.Head(RawFrame.TextOpcode, 1_000_001, masked: true), 0, 0, 0, 0]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task BinaryEvents_NeverFinished_AreBoundedAndEndNobodyElse()
    {
        await using var hub = await HostileHub.StartAsync();
        var attachment = RawFrame.Masked(RawFrame.BinaryOpcode, new byte[900_000]);
        var clients = new List<RawClient>();

        // 9 of 10 attachments, by clients that have joined nothing: 162 MB, of which 64 MB may wait.
        for (var i = 0; i < 20; i++)
        {
            var client = await hub.ConnectAsync(joins: false);
            clients.Add(client);
            try
            {
                await client.SendAsync(RawFrame.OfText("4510-[\"echo\"]"));
                for (var n = 0; n < 9; n++) await client.SendAsync(attachment);
            }
            catch (IOException)
            {
                // Ended, as it is to be.
            }
        }
        await Deadline.UntilAsync(() => hub.IO.JoinlessCount < clients.Count);

        Assert.InRange(hub.IO.Unfinished.Held, 1, 64_000_000);
        foreach (var client in clients) await client.DisposeAsync();
        await Deadline.UntilAsync(() => hub.IO.Unfinished.Held == 0);
        await hub.AssertUnharmedAsync(output);
    }
}
