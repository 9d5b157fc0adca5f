using System.IO.Compression;
using System.Net;
using System.Text;
using Kodama.Testing;

namespace Kodama.SocketIO.Tests;

public sealed class PollingTests
{
    [Theory]
    [InlineData("4hello")]
    [InlineData("4€uro 😀")]
    [InlineData("4test1\u001e4test2\u001e4test3")]
    [InlineData("4hello\u001ebAQIDBA==")]
    public async Task Echo_OfAPayload_ComesBackAlike(string payload)
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();

        await engine.PostOkAsync(sid, payload);

        Assert.Equal(payload, await engine.PollAsync(sid));
    }

    [Fact]
    public async Task Post_IsAnsweredAsByNode()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();

        using var response = await engine.PostAsync(sid, "4x");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.ToString());
        Assert.Equal(2, response.Content.Headers.ContentLength);
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        Assert.Equal(1, engine.Handler.Reads);
    }

    [Fact]
    public async Task Get_WithNothingToTell_WaitsUntilThereIs()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var poll = await engine.BeginPollAsync(sid);
        Assert.False(poll.IsCompleted);

        engine.Handler.Send("now");

        Assert.Equal("4now", await poll);
    }

    [Fact]
    public async Task Get_WhileOneWaits_EndsTheSession()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var first = await engine.BeginPollAsync(sid);

        using var second = await engine.GetAsync(TestEngine.Polling(sid));

        Assert.Equal(HttpStatusCode.BadRequest, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        Assert.Equal("1", await first);
        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
        await AssertUnknownAsync(engine, sid);
    }

    [Fact]
    public async Task Post_WhileOneIsRead_EndsTheSession()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        await using var slow = await RawClient.ConnectAsync(engine.Http);
        await slow.SendTextAsync(
            $"POST /socket.io/?{TestEngine.Polling(sid)} HTTP/1.1\r\nHost: {slow.Authority}\r\nContent-Length: 10\r\n\r\n4hal");

        // Until the first has come, others are answered.
        HttpStatusCode status;
        do
        {
            using var second = await engine.PostAsync(sid, "4x");
            status = second.StatusCode;
        }
        while (status == HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
        await slow.WaitForEndAsync();
    }

    [Fact]
    public async Task Get_GivenUp_EndsTheSession()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);
        await client.SendTextAsync($"GET /socket.io/?{TestEngine.Polling(sid)} HTTP/1.1\r\nHost: {client.Authority}\r\n\r\n");
        await Deadline.UntilAsync(() => engine.Handler.Session.IsWritable);

        client.Reset();

        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
        Assert.Equal(0, engine.Engine.SessionCount);
    }

    [Fact]
    public async Task Post_BrokenOff_EndsTheSession()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        await using var client = await RawClient.ConnectAsync(engine.Http);
        await client.SendTextAsync(
            $"POST /socket.io/?{TestEngine.Polling(sid)} HTTP/1.1\r\nHost: {client.Authority}\r\nContent-Length: 10\r\n\r\n4hal");

        client.CompleteSending();

        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
    }

    [Fact]
    public async Task Client_Closing_LetsTheGetGo()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var poll = await engine.BeginPollAsync(sid);

        await engine.PostOkAsync(sid, "4last\u001e" + "1\u001e" + "4late");

        Assert.Equal("last", await engine.Handler.ReceiveAsync());
        Assert.Equal(DisconnectReason.TransportClose, await engine.Handler.Closed);
        // The echo of the last message may have been first.
        Assert.Contains(await poll, (string[])["6", "4last"]);
        await AssertUnknownAsync(engine, sid);
    }

    [Fact]
    public async Task Server_ClosingWhileAGetWaits_TellsIt()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var poll = await engine.BeginPollAsync(sid);

        engine.Handler.Session.Close();

        Assert.Equal("1", await poll);
        Assert.Equal(DisconnectReason.ForcedClose, await engine.Handler.Closed);
        await AssertUnknownAsync(engine, sid);
    }

    [Fact]
    public async Task Server_ClosingWhileNoGetWaits_TellsTheNext()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        engine.Handler.Send("before");

        engine.Handler.Session.Close();
        await engine.PostOkAsync(sid, "4late");

        Assert.Equal("4before", await engine.PollAsync(sid));
        Assert.Equal("6\u001e" + "1", await engine.PollAsync(sid));
        Assert.Equal(DisconnectReason.ForcedClose, await engine.Handler.Closed);
        Assert.Equal(0, engine.Handler.Endings);
        await AssertUnknownAsync(engine, sid);
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("7")]
    [InlineData("")]
    [InlineData("4a\u001e\u001e4b")]
    [InlineData("b?")]
    public async Task Post_Malformed_EndsTheSession(string payload)
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var poll = await engine.BeginPollAsync(sid);

        await engine.PostOkAsync(sid, payload);

        Assert.Equal(DisconnectReason.ParseError, await engine.Handler.Closed);
        Assert.Contains(await poll, (string[])["1", "4a"]);
        await AssertUnknownAsync(engine, sid);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_TooLarge_Gets413AndTheSessionLives(bool isChunked)
    {
        await using var engine = await TestEngine.StartAsync(o => o.MaxHttpBufferSize = 1000);
        var sid = await engine.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{TestEngine.Path}?{TestEngine.Polling(sid)}")
        {
            Content = new StringContent("4" + new string('x', 1000)),
            Headers = { TransferEncodingChunked = isChunked },
        };

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        await engine.PostOkAsync(sid, "4" + new string('x', 999));
        Assert.Equal(1000, (await engine.PollAsync(sid)).Length);
    }

    [Fact]
    public async Task Post_OfBytes_EndsAV4Session()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        using var content = new ByteArrayContent([1, 2]) { Headers = { { "Content-Type", "application/octet-stream" } } };

        using var response = await engine.Client.PostAsync($"{TestEngine.Path}?{TestEngine.Polling(sid)}", content).Within();

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    public async Task Request_OfAnotherMethod_IsRefusedAndTheSessionLives(string method)
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), $"{TestEngine.Path}?{TestEngine.Polling(sid)}");

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        await engine.PostOkAsync(sid, "4x");
    }

    [Theory]
    [InlineData("EIO=3&transport=polling&sid=")]
    [InlineData("EIO=4&transport=websocket&sid=")]
    public async Task Request_ThatDoesNotFitTheSession_IsRefused(string query)
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();

        using var response = await engine.GetAsync(query + sid);

        Assert.Equal("{\"code\":3,\"message\":\"Bad request\"}", await response.Content.ReadAsStringAsync());
        await engine.PostOkAsync(sid, "4x");
    }

    [Theory]
    [InlineData("gzip, deflate, br", "gzip")]
    [InlineData("deflate", "deflate")]
    [InlineData("gzip;q=0.5, deflate", "deflate")]
    [InlineData("gzip;q=0, *", "deflate")]
    [InlineData("br", null)]
    [InlineData("identity", null)]
    [InlineData("gzip;q=0", null)]
    public async Task Get_OfMuch_IsCompressedAsTheClientLikes(string accepted, string? coding)
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        engine.Handler.Send(new string('x', 2000));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{TestEngine.Path}?{TestEngine.Polling(sid)}");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        var body = await response.Content.ReadAsStreamAsync();
        await using var plain = coding switch
        {
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(plain);
        Assert.Equal("4" + new string('x', 2000), await reader.ReadToEndAsync());
    }

    [Theory]
    [InlineData(1022, true, false)]
    [InlineData(1023, true, true)]
    [InlineData(5000, false, false)]
    public async Task Get_IsCompressedFromTheThresholdOn(int length, bool compresses, bool expected)
    {
        await using var engine = await TestEngine.StartAsync(o => o.HttpCompression = compresses);
        var sid = await engine.OpenAsync();
        engine.Handler.Send(new string('x', length));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{TestEngine.Path}?{TestEngine.Polling(sid)}")
        {
            Headers = { { "Accept-Encoding", "gzip" } },
        };

        using var response = await engine.Client.SendAsync(request).Within();

        Assert.Equal(expected, response.Content.Headers.ContentEncoding.Count == 1);
    }

    [Fact]
    public async Task Jsonp_CallsTheClientsFunction()
    {
        await using var engine = await TestEngine.StartAsync();
        engine.Client.DefaultRequestHeaders.Referrer = new Uri(engine.Http, "/page.html");
        var open = await engine.GetTextAsync("EIO=4&transport=polling&j=7)x");
        Assert.StartsWith("___eio[7](\"0{\\\"sid\\\":\\\"", open, StringComparison.Ordinal);
        Assert.EndsWith("}\");", open, StringComparison.Ordinal);
        var sid = engine.Handler.Session.Id;
        engine.Handler.Echoes = false;

        using var form = new StringContent("d=4a%5Cnb%5C%5Cn+c", Encoding.UTF8, "application/x-www-form-urlencoded");
        using var posted = await engine.Client.PostAsync($"{TestEngine.Path}?{TestEngine.Polling(sid)}&j=7", form).Within();
        Assert.Equal("ok", await posted.Content.ReadAsStringAsync());
        Assert.Equal("a\nb\\n c", await engine.Handler.ReceiveAsync());

        engine.Handler.Send("\u2028\"");
        using var response = await engine.GetAsync($"{TestEngine.Polling(sid)}&j=8");
        Assert.Equal("text/javascript; charset=UTF-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("___eio[8](\"4\\u2028\\\"\");", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("d=4x%2", 400, "{\"code\":3,\"message\":\"Bad request\"}")]
    [InlineData("e=4x", 200, "ok")]
    public async Task Jsonp_FormWithoutBody_IsNoPackets(string form, int status, string answer)
    {
        await using var engine = await TestEngine.StartAsync();
        engine.Client.DefaultRequestHeaders.Referrer = engine.Http;
        await engine.GetTextAsync("EIO=4&transport=polling&j=0");

        using var response = await engine.PostAsync(engine.Handler.Session.Id, form);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());
        Assert.False(engine.Handler.IsClosed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("http://evil.example/page")]
    public async Task Jsonp_FromAnotherPage_IsRefused(string? referrer)
    {
        await using var engine = await TestEngine.StartAsync();
        if (referrer is not null) engine.Client.DefaultRequestHeaders.Referrer = new Uri(referrer);

        using var response = await engine.GetAsync("EIO=4&transport=polling&j=0");

        Assert.Equal("{\"code\":4,\"message\":\"Forbidden\"}", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Handler_ThatFails_EndsTheSession()
    {
        await using var engine = await TestEngine.StartAsync(prepare: h => h.OnText = _ => throw new InvalidOperationException("broken"));
        var sid = await engine.OpenAsync();

        using var response = await engine.PostAsync(sid, "4x");

        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
    }

    [Fact]
    public async Task End_WhileAMessageIsHandled_IsToldAfterIt()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var engine = await TestEngine.StartAsync(prepare: h => h.OnText = _ =>
        {
            entered.SetResult();
            return release.Task;
        });
        var sid = await engine.OpenAsync();
        var first = await engine.BeginPollAsync(sid);
        var post = engine.PostAsync(sid, "4x");
        await entered.Task.Within();

        using var second = await engine.GetAsync(TestEngine.Polling(sid));

        Assert.Equal("1", await first);
        Assert.Equal(1, engine.Handler.Endings);
        Assert.False(engine.Handler.IsClosed);
        release.SetResult();
        Assert.Equal(DisconnectReason.TransportError, await engine.Handler.Closed);
        using var posted = await post;
        Assert.Equal(HttpStatusCode.OK, posted.StatusCode);
    }

    [Fact]
    public async Task Backlog_OfMuch_ComesWholeAndInOrder()
    {
        await using var engine = await TestEngine.StartAsync();
        var sid = await engine.OpenAsync();
        var sent = Enumerable.Range(0, 20_000).Select(i => $"{i} {new string('x', i % 97)}").ToArray();
        foreach (var text in sent) engine.Handler.Send(text);

        var got = new List<string>();
        while (got.Count < sent.Length) got.AddRange((await engine.PollAsync(sid)).Split('\u001e').Select(p => p[1..]));

        Assert.Equal(sent, got);
    }

    private static async Task AssertUnknownAsync(TestEngine engine, string sid)
    {
        using var response = await engine.GetAsync(TestEngine.Polling(sid));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("{\"code\":1,\"message\":\"Session ID unknown\"}", await response.Content.ReadAsStringAsync());
    }
}
