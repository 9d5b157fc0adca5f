using System.Globalization;
using System.Net;

namespace Kodama.SocketIO.Tests.Hostile;

/// <summary>Requests of polling that no client sends.</summary>
public sealed class HostileRequestTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Handshakes_InAFlood_TakeTheirOwnPlacesOnly()
    {
        await using var hub = await HostileHub.StartAsync(o => o.MaxSessions = 500);

        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 250; i++) await hub.OpenAsync();
        })));

        Assert.True(hub.IO.JoinlessCount < 500);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Handshakes_ByWebSocketInAFlood_TakeTheirOwnPlacesOnly()
    {
        await using var hub = await HostileHub.StartAsync(o => o.MaxSessions = 100);
        var clients = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => hub.ConnectAsync(joins: false)));

        Assert.True(hub.IO.JoinlessCount < 100);
        await hub.AssertUnharmedAsync(output);
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task Posts_HalfSent_HoldNoMoreThanTheyMay()
    {
        await using var hub = await HostileHub.StartAsync();
        var half = new byte[450_000];
        Array.Fill(half, (byte)'4');
        var clients = new List<RawClient>();

        for (var i = 0; i < 200; i++)
        {
            var sid = await hub.OpenAsync();
            var client = await RawClient.ConnectAsync(hub.Uri);
            clients.Add(client);
            try
            {
                await client.SendTextAsync($"POST {HostileHub.Path}?EIO=4&transport=polling&sid={sid} HTTP/1.1\r\n");
                await client.SendTextAsync($"Host: {client.Authority}\r\nContent-Length: 900000\r\n\r\n");
                await client.SendAsync(half);
            }
            catch (IOException)
            {
                // Refused with 503 as soon as the bodies of all hold too much.
            }
        }

        await hub.AssertUnharmedAsync(output);
        foreach (var client in clients) client.Reset();
    }

    [Theory]
    [InlineData("x")]
    [InlineData("__proto__")]
    [InlineData("constructor")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("%00")]
    [InlineData("%FF%FE")]
    [InlineData("%")]
    [InlineData("a&sid=b")]
    [InlineData("long")]
    public async Task Sid_ThatIsNone_IsUnknown(string sid)
    {
        await using var hub = await HostileHub.StartAsync();
        if (sid == "long") sid = new string('s', 6000);

        var got = await hub.GetAsync(sid);
        var posted = await hub.PostAsync(sid, "40");
        await using var client = await RawClient.ConnectAsync(hub.Uri);
        var upgraded = await client.UpgradeAsync($"{HostileHub.Path}?EIO=4&transport=websocket&sid={sid}");

        Assert.Equal((HttpStatusCode.BadRequest, """{"code":1,"message":"Session ID unknown"}"""), got);
        Assert.Equal(got, posted);
        Assert.StartsWith("HTTP/1.1 400", upgraded, StringComparison.Ordinal);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Gets_ManyAtOnceForOneSession_EndThatSessionOnly()
    {
        await using var hub = await HostileHub.StartAsync();
        var sid = await hub.ComeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => hub.GetAsync(sid)));

        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.BadRequest);
        Assert.False(await hub.IsServedAsync(sid));
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Posts_ManyAtOnceForOneSession_EndThatSessionOnly()
    {
        await using var hub = await HostileHub.StartAsync();
        var sid = await hub.ComeAsync();
        var body = string.Join('\u001e', Enumerable.Repeat("42[\"x\",\"" + new string('x', 80) + "\"]", 10_000));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync()));

        Assert.Contains(answers, status => status is HttpStatusCode.BadRequest);
        Assert.All(answers, status => Assert.True(status is null or HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{status}"));
        Assert.False(await hub.IsServedAsync(sid));
        await hub.AssertUnharmedAsync(output);

        // Null for the one whose body was still being read when the session ended: it is cut off.
        async Task<HttpStatusCode?> PostAsync()
        {
            try
            {
                return (await hub.PostAsync(sid, body)).Status;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        }
    }

    [Fact]
    public async Task Upgrades_ThatStall_EndAndPollingGoesOn()
    {
        await using var hub = await HostileHub.StartAsync(o => o.UpgradeTimeout = TimeSpan.FromMilliseconds(300));
        var stalled = new List<(string Sid, RawClient Client)>();
        for (var i = 0; i < 50; i++)
        {
            var sid = await hub.ComeAsync();
            var client = await RawClient.ConnectAsync(hub.Uri);
            var head = await client.UpgradeAsync($"{HostileHub.Path}?EIO=4&transport=websocket&sid={sid}");
            Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);
            // Half of them probe, and say no more; the others say nothing at all.
            if (i % 2 == 0) await client.SendAsync(RawFrame.OfText("2probe"));
            stalled.Add((sid, client));
        }

        foreach (var (sid, client) in stalled)
        {
            await client.WaitForEndOrCloseAsync();
            Assert.True(await hub.IsServedAsync(sid));
            await client.DisposeAsync();
        }
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Upgrades_ManyForOneSession_OneIsTakenAndTheOthersEnd()
    {
        await using var hub = await HostileHub.StartAsync();
        var sid = await hub.ComeAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            var client = await RawClient.ConnectAsync(hub.Uri);
            await client.UpgradeAsync($"{HostileHub.Path}?EIO=4&transport=websocket&sid={sid}");
            await client.SendAsync(RawFrame.OfText("2probe"));
            return client;
        }));

        var answers = await Task.WhenAll(clients.Select(client => client.ReadFrameAsync()));

        Assert.Single(answers, answer => answer is { Opcode: RawFrame.TextOpcode, Text: "3probe" });
        Assert.True(await hub.IsServedAsync(sid));
        foreach (var client in clients) await client.DisposeAsync();
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("0", "0")]
    [InlineData("", "")]
    [InlineData("1%5D%28alert%281%29%29%3B%2F%2F", "11")]
    [InlineData("%3Cscript%3E", "")]
    [InlineData("999999999999999999999999999999", "999999999999999999999999999999")]
    [InlineData("-1", "1")]
    [InlineData("%E2%80%A8", "")]
    [InlineData("%D9%A3", "")]
    public async Task Jsonp_OfAnyIndex_IsDigitsOnly(string index, string digits)
    {
        await using var hub = await HostileHub.StartAsync(o => o.Cors.WithOrigin("http://page.test"));
        var uri = new Uri(hub.Uri, $"{HostileHub.Path}?EIO=4&transport=polling&j={index}");
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Referrer = new Uri("http://page.test/");
        using var http = new HttpClient();

        using var answer = await http.SendAsync(request).Within();
        var body = await answer.Content.ReadAsStringAsync().Within();

        Assert.StartsWith($"___eio[{digits}](\"0{{", body, StringComparison.Ordinal);
        await hub.AssertUnharmedAsync(output);
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData("999999999:4", null, false)]
    [InlineData("9999999999999999999999:4", null, false)]
    [InlineData("-1:4", null, false)]
    [InlineData(":4", null, false)]
    [InlineData("1", null, false)]
    [InlineData("2:4", null, false)]
    [InlineData("1:\ud83d\ude00", null, false)]
    [InlineData("3:b4!", null, false)]
    [InlineData("1:b", null, false)]
    [InlineData("2:b9", null, false)]
    [InlineData("1:1", null, false)]
    [InlineData("1:3", null, false)]
    [InlineData("0:", null, true)]
    [InlineData("0:0:0:", null, true)]
    [InlineData("1:6", null, true)]
    [InlineData("1:2", null, true)]
    [InlineData(null, "", false)]
    [InlineData(null, "00 FF", false)]
    [InlineData(null, "02 01 FF 34", false)]
    [InlineData(null, "00 09 09 09 09 09 09 09 09 09 09 FF 34", false)]
    [InlineData(null, "00 09 09 FF 34", false)]
    [InlineData(null, "00 01 34", false)]
    [InlineData(null, "01 01 FF 09", false)]
    [InlineData(null, "01 00 FF", false)]
    [InlineData(null, "00 01 FF FF", false)]
    public async Task V3Body_OfAnyForm_IsReadOrEndsTheSession(string? text, string? hex, bool isServed)
    {
        await using var hub = await HostileHub.StartAsync();
        var sid = await hub.OpenAsync("EIO=3&transport=polling&b64=1");
        using var body = text is not null ? new StringContent(text) : new ByteArrayContent(Bytes.Hex(hex!));
        if (hex is not null) body.Headers.ContentType = new("application/octet-stream");

        await hub.PostAsync(sid, body, "3");
        var (status, _) = await hub.PostAsync(sid, "13:42[\"echo\",12]", "3");

        Assert.Equal(isServed ? HttpStatusCode.OK : HttpStatusCode.BadRequest, status);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task V3Body_OfAHundredThousandPackets_EndsTheSession()
    {
        await using var hub = await HostileHub.StartAsync();
        var sid = await hub.OpenAsync("EIO=3&transport=polling&b64=1");

        await hub.PostAsync(sid, string.Concat(Enumerable.Repeat("1:6", 100_000)), "3");

        Assert.Equal(HttpStatusCode.BadRequest, (await hub.PostAsync(sid, "1:2", "3")).Status);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Namespaces_AskedForInAFlood_AreRefusedAndNoneIsKept()
    {
        await using var hub = await HostileHub.StartAsync(o => o.AnyNamespace = true);
        var sid = await hub.ComeAsync();

        var asked = Enumerable.Range(0, 10_000).Select(i => $"40/n{i.ToString(CultureInfo.InvariantCulture)},");
        await hub.PostAsync(sid, string.Join('\u001e', asked));

        Assert.InRange(hub.IO.NamespaceCount, 1, 65);
        await hub.AssertUnharmedAsync(output);
    }

    [Fact]
    public async Task Pings_NeverAnswered_EndTheirSessions()
    {
        var (interval, timeout) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(2));
        await using var hub = await HostileHub.StartAsync(o => (o.PingInterval, o.PingTimeout) = (interval, timeout));
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => hub.ConnectAsync(joins: i % 2 == 0)));
        var polling = await hub.ComeAsync();

        foreach (var client in clients) await client.WaitForEndOrCloseAsync();
        await Deadline.UntilAsync(() => hub.IO.Sockets.Count == 1);

        Assert.False(await hub.IsServedAsync(polling));
        await hub.AssertUnharmedAsync(output);
        foreach (var client in clients) await client.DisposeAsync();
    }
}

internal static class HostileClientExtensions
{
    /// <summary>Reads on until a close frame, or the end of the connection.</summary>
    public static async Task WaitForEndOrCloseAsync(this RawClient client)
    {
        try
        {
            while (await client.ReadFrameAsync() is { } frame && frame.Opcode != RawFrame.CloseOpcode)
            {
            }
        }
        catch (IOException)
        {
        }
    }
}
