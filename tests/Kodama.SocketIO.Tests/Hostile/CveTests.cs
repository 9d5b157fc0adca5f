using System.Net;
using System.Text;

namespace Kodama.SocketIO.Tests.Hostile;

/// <summary>What has felled other servers of Socket.IO and WebSocket, each by the number under which it was published.</summary>
public sealed class CveTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Cve_2016_10542_MessageBeyondTheBound_IsRefusedByItsHead()
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();

        await client.SendAsync([.. RawFrame.Head(RawFrame.BinaryOpcode, long.MaxValue, masked: true), 0, 0, 0, 0]);

        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public void Cve_2017_16031_Ids_AreRandom()
    {
        var ids = Enumerable.Range(0, 2000).Select(_ => SocketId.New()).ToArray();

        Assert.Equal(ids.Length, ids.Distinct().Count());
        // 64 characters at each of 20 places, 2000 times: fewer than 50 of them are seen with a probability far below 10^-100.
        Assert.All(Enumerable.Range(0, 20), place => Assert.True(ids.Select(id => id[place]).Distinct().Count() >= 50));
    }

    [Fact]
    public async Task Cve_2020_28481_PageOfAnotherOrigin_IsRefusedUnlessItWasNamed()
    {
        await using var hub = await HostileHub.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Uri, $"{HostileHub.Path}?EIO=4&transport=polling"));
        request.Headers.Add("Origin", "http://evil.test");
        using var http = new HttpClient();

        using var answer = await http.SendAsync(request).Within();

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2020_36048_LargePosts_HoldNoMoreThanTheirBudget()
    {
        await using var hub = await HostileHub.StartAsync();
        using var gate = new SemaphoreSlim(20);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
        {
            await gate.WaitAsync();
            var sid = await hub.ComeAsync();
            var (status, _) = await hub.PostAsync(sid, "42[\"x\",\"" + new string('x', 990_000) + "\"]");
            gate.Release();
            return status;
        }));

        Assert.All(statuses, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{status}"));
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData('1')]
    [InlineData('/')]
    [InlineData('[')]
    [InlineData('-')]
    public async Task Cve_2020_36049_PacketOfOneCharacterAMillionTimes_IsReadOnce(char character)
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();

        await client.SendAsync(RawFrame.OfText("45" + new string(character, 999_000)));

        Assert.False(await HostileHub.IsServedAsync(client));
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2021_32640_SubprotocolsOfManySpaces_AreReadInTime()
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await RawClient.ConnectAsync(hub.Uri);

        var protocols = $"Sec-WebSocket-Protocol: b{new string(' ', 16_000)}x\r\n";
        var head = await client.UpgradeAsync($"{HostileHub.Path}?EIO=4&transport=websocket", protocols);

        Assert.StartsWith("HTTP/1.1 ", head, StringComparison.Ordinal);
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("\"splice\"")]
    [InlineData("\"0\"")]
    [InlineData("1")]
    [InlineData("-1")]
    [InlineData("1e9")]
    [InlineData("null")]
    [InlineData("{\"valueOf\":0}")]
    public async Task Cve_2022_2421_PlaceholderThatNamesNoAttachment_EndsTheSession(string num)
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();

        await client.SendAsync(RawFrame.OfText($$"""451-["echo",{"_placeholder":true,"num":{{num}}}]"""));
        await client.SendAsync(RawFrame.Masked(RawFrame.BinaryOpcode, [1, 2, 3]));

        Assert.False(await HostileHub.IsServedAsync(client));
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData(0xB1)]
    [InlineData(0xE1)]
    [InlineData(0x83)]
    [InlineData(0x8B)]
    public async Task Cve_2022_21676_BrokenFrameInOneSegmentWithTheHandshake_ClosesThatConnection(byte first)
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await RawClient.ConnectAsync(hub.Uri);
        var frame = RawFrame.OfText("40");
        frame[0] = first;

        await client.SendAsync([.. Encoding.ASCII.GetBytes(client.UpgradeHead($"{HostileHub.Path}?EIO=4&transport=websocket")), .. frame]);

        Assert.StartsWith("HTTP/1.1 101", await client.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(1002, (await client.ReadCloseAsync()).CloseCode);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2022_41940_ConnectionResetDuringItsHandshakeOrUpgrade_IsOneClientsEnd()
    {
        await using var hub = await HostileHub.StartAsync();
        var sid = await hub.ComeAsync();

        for (var i = 0; i < 200; i++)
        {
            await using var client = await RawClient.ConnectAsync(hub.Uri);
            var head = client.UpgradeHead($"{HostileHub.Path}?EIO=4&transport=websocket{(i % 2 == 0 ? "" : $"&sid={sid}")}");
            await client.SendTextAsync(i % 3 == 0 ? head[..(head.Length / 2)] : head);
            if (i % 5 == 0) await client.ReadBytesAsync(i % 3 == 0 ? 0 : 12);
            client.Reset();
        }

        Assert.True(await hub.IsServedAsync(sid));
        await Deadline.UntilAsync(() => hub.IO.JoinlessCount == 0);
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("EIO=4&transport=")]
    [InlineData("EIO=4")]
    [InlineData("EIO=4&transport=__proto__")]
    [InlineData("EIO=4&transport=constructor")]
    [InlineData("EIO=4&transport=polling&transport=")]
    [InlineData("EIO=4&transport[]=websocket")]
    [InlineData("EIO=4&transport=webtransport")]
    [InlineData("EIO=&transport=&sid=&b64=")]
    public async Task Cve_2023_31125_TransportThatIsNone_IsRefused(string query)
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await RawClient.ConnectAsync(hub.Uri);

        var (status, _) = await hub.RequestAsync(HttpMethod.Get, query);
        var upgraded = await client.UpgradeAsync($"{HostileHub.Path}?{query}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("HTTP/1.1 400", upgraded, StringComparison.Ordinal);
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("42[{\"toString\":\"foo\"}]")]
    [InlineData("42[[\"a\"]]")]
    [InlineData("42[true]")]
    [InlineData("42{\"0\":\"a\",\"length\":1}")]
    [InlineData("43{\"length\":1}")]
    [InlineData("451-[{\"_placeholder\":true,\"num\":0}]")]
    public async Task Cve_2023_32695_EventWhoseNameIsNone_EndsTheSession(string packet)
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();

        await client.SendAsync(RawFrame.OfText(packet));

        Assert.False(await HostileHub.IsServedAsync(client));
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2024_37890_HandshakeWithThousandsOfHeaders_IsRefused()
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await RawClient.ConnectAsync(hub.Uri);
        var headers = string.Concat(Enumerable.Range(0, 2000).Select(i => $"x{i}: x\r\n"));

        var head = await client.UpgradeAsync($"{HostileHub.Path}?EIO=4&transport=websocket", headers);

        Assert.StartsWith("HTTP/1.1 431", head, StringComparison.Ordinal);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2024_38355_EventOfTheNameErrorWithoutAHandler_IsAnEvent()
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();

        await client.SendAsync(RawFrame.OfText("42[\"error\",\"x\"]"));

        Assert.True(await HostileHub.IsServedAsync(client));
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("4511-[\"echo\"]")]
    [InlineData("45999999-[\"echo\"]")]
    [InlineData("46999999-0[]")]
    public async Task Cve_2026_33151_MoreAttachmentsThanMayBe_EndTheSessionAtOnce(string packet)
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();

        await client.SendAsync(RawFrame.OfText(packet));

        Assert.False(await HostileHub.IsServedAsync(client));
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2026_48779_MessageOfTinyFragments_IsBoundedInThem()
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();
        byte[] many = [.. Enumerable.Repeat(RawFrame.Masked(RawFrame.Continuation, [], fin: false), 10_000).SelectMany(frame => frame)];

        await client.SendAsync(RawFrame.OfText("42", fin: false));
        try
        {
            for (var i = 0; i < 20; i++) await client.SendAsync(many);
        }
        catch (IOException)
        {
            // Closed meanwhile.
        }
        await client.WaitForEndOrCloseAsync();

        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2026_48802_PongsThatNobodyAskedFor_StartNothing()
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();
        byte[] pongs = [.. Enumerable.Repeat(RawFrame.OfText("3"), 10_000).SelectMany(frame => frame)];
        var threads = ThreadPool.ThreadCount;

        for (var i = 0; i < 5; i++) await client.SendAsync(pongs);

        Assert.True(await HostileHub.IsServedAsync(client));
        Assert.InRange(ThreadPool.ThreadCount, 0, threads + 20);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2026_59725_BinaryPostOfV4_IsAnsweredAndEndsTheSession()
    {
        await using var hub = await HostileHub.StartAsync();

        for (var i = 0; i < 50; i++)
        {
            var sid = await hub.OpenAsync();
            using var body = new ByteArrayContent([4, 1, 2]) { Headers = { ContentType = new("application/octet-stream") } };
            var (status, _) = await hub.PostAsync(sid, body);
            Assert.Equal(HttpStatusCode.BadRequest, status);
        }

        await Deadline.UntilAsync(() => hub.IO.JoinlessCount == 0);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Cve_2026_69185_AttachmentsThatNeverCome_KeepTheSessionFromNothingElse()
    {
        await using var hub = await HostileHub.StartAsync();
        await using var client = await hub.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(RawFrame.OfText("451-[\"echo\",{\"_placeholder\":true,\"num\":0}]"));
            await client.SendAsync(RawFrame.Masked(RawFrame.BinaryOpcode, [1]));
            Assert.StartsWith("451-", await client.ReadTextAsync(), StringComparison.Ordinal);
            Assert.Equal([1], (await client.ReadFrameAsync())!.Payload);
        }
        await client.SendAsync(RawFrame.OfText("4510-[\"echo\"]"));

        Assert.False(await HostileHub.IsServedAsync(client));
        await Deadline.UntilAsync(() => hub.IO.Unfinished.Held == 0);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Ghsa_5v72_xg48_5rpm_ExtensionsNamedAsPrototypes_AreDeclined()
    {
        await using var hub = await HostileHub.StartAsync(o => o.PerMessageDeflate = new());
        foreach (var offer in new[] { "constructor", "__proto__", "toString; hasOwnProperty", "permessage-deflate; constructor" })
        {
            await using var client = await RawClient.ConnectAsync(hub.Uri);
            var head = await client.UpgradeAsync($"{HostileHub.Path}?EIO=4&transport=websocket", $"Sec-WebSocket-Extensions: {offer}\r\n");
            Assert.DoesNotContain("Sec-WebSocket-Extensions", head, StringComparison.OrdinalIgnoreCase);
        }
        await hub.AssertUnharmedAsync(output);
    }
}
