using System.Globalization;
using System.Net;
using System.Text;

namespace Kodama.Pusher.Tests;

/// <summary>docs/specs/pusher.md, S3, U1, H1: against the examples of Pusher's documentation, and against forgers.</summary>
public sealed class SignatureTests
{
    // Of "Generating authentication and authorization strings", and of the HTTP API's "Worked authentication example".
    private const string PublishedKey = "278d425bdf160c739803";

    private static readonly App Published = new(
        new PusherApp { Id = "3", Key = PublishedKey, Secret = "7ad3773142a6692b25b8" }, new PusherEncoder(0, new PresenceTable()));

    [Theory]
    [InlineData("1234.1234:private-foobar", "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4")]
    [InlineData(
        """1234.1234:presence-foobar:{"user_id":10,"user_info":{"name":"Mr. Channels"}}""",
        "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80")]
    [InlineData("""1234.1234::user::{"id":"12345"}""", "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba")]
    [InlineData(
        $"POST\n/apps/3/events\nauth_key={PublishedKey}&auth_timestamp=1353088179&auth_version=1.0&"
            + "body_md5=ec365a775a4cd0599faeb73354201b6f",
        "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c")]
    public void PublishedSignatures_AreOurs(string text, string signature)
    {
        Assert.Equal(signature, Published.Sign(text));
        Assert.True(Published.IsAuth($"{PublishedKey}:{signature}", text));
        Assert.True(Published.IsAuth($"{PublishedKey}:{signature.ToUpperInvariant()}", text));
        Assert.False(Published.IsAuth($"{PublishedKey}:{signature}", text + " "));
    }

    [Fact]
    public async Task PublishedRequest_IsTaken_InItsTime()
    {
        var clock = new FakeClock();
        clock.Advance(DateTimeOffset.FromUnixTimeSeconds(1353088179) - clock.GetUtcNow());
        await using var server = await PusherServer.StartAsync(time: clock, pusher: options =>
        {
            options.Apps.Clear();
            options.Apps.Add(new PusherApp { Id = "3", Key = PublishedKey, Secret = "7ad3773142a6692b25b8" });
        });
        const string Query = $"auth_key={PublishedKey}&auth_timestamp=1353088179&auth_version=1.0"
            + "&body_md5=ec365a775a4cd0599faeb73354201b6f&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c";

        using var content = new StringContent(
            """{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}""", Encoding.UTF8, "application/json");
        using var answer = await server.Http.PostAsync(new Uri($"/apps/3/events?{Query}", UriKind.Relative), content).Within();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData(-600, HttpStatusCode.OK)]
    [InlineData(600, HttpStatusCode.OK)]
    [InlineData(-601, HttpStatusCode.Unauthorized)]
    [InlineData(601, HttpStatusCode.Unauthorized)]
    public async Task Timestamp_CountsForTenMinutes(int seconds, HttpStatusCode status)
    {
        var clock = new FakeClock();
        await using var server = await PusherServer.StartAsync(time: clock);
        var at = clock.GetUtcNow().ToUnixTimeSeconds() + seconds;

        using var answer = await server.Http.GetAsync(
            new Uri($"/apps/1/channels?{PusherServer.Sign("GET", "/apps/1/channels", "", at: at)}", UriKind.Relative)).Within();

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Request_ThatSomebodyHasRead_CanBeSentAgainForTenMinutes_AndForNothingElse()
    {
        var clock = new FakeClock();
        await using var server = await PusherServer.StartAsync(time: clock);
        await using var client = await server.ConnectAsync();
        await client.SubscribeAsync("news");
        const string Body = """{"name":"e","channel":"news","data":"{}"}""";
        var query = PusherServer.Sign("POST", "/apps/1/events", Body, time: clock);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(query, Body));

        clock.Advance(TimeSpan.FromSeconds(600));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(query, Body));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(query, Body.Replace("news", "other", StringComparison.Ordinal)));
        var now = $"auth_timestamp={clock.GetUtcNow().ToUnixTimeSeconds()}";
        var then = $"auth_timestamp={clock.GetUtcNow().ToUnixTimeSeconds() - 600}";
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(query.Replace(then, now, StringComparison.Ordinal), Body));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(query, Body));
        await client.ExpectAsync("e");
        await client.ExpectAsync("e");
        await client.ExpectNothingAsync();

        async Task<HttpStatusCode> SendAsync(string query, string body)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await server.Http.PostAsync(new Uri($"/apps/1/events?{query}", UriKind.Relative), content).Within();
            return answer.StatusCode;
        }
    }

    public static readonly TheoryData<string, string> Forgeries = new()
    {
        { "auth_version=1.0", "auth_version=2.0" },
        { "auth_key=garden-key", "auth_key=other-key" },
        { "&auth_signature=", "&auth_signature=0" },
        { "&auth_signature=", "&nothing=" },
        { "auth_signature", "auth_signature=&auth_signature" },
        { "body_md5=", "body_md5=0" },
        { "auth_timestamp=", "auth_timestamp=x" },
        { "auth_timestamp=", "auth_timestamp=99999999999999999999" },
        { "auth_timestamp=", "auth_timestamp=-" },
        { "auth_version=1.0", "auth_version=1.0&more=1" },
    };

    [Theory]
    [MemberData(nameof(Forgeries))]
    public async Task RequestThatWasChanged_IsRefused(string from, string to)
    {
        await using var server = await PusherServer.StartAsync();
        const string Body = """{"name":"e","channel":"news","data":"{}"}""";
        var query = PusherServer.Sign("POST", "/apps/1/events", Body).Replace(from, to, StringComparison.Ordinal);

        using var content = new StringContent(Body, Encoding.UTF8, "application/json");
        using var answer = await server.Http.PostAsync(new Uri($"/apps/1/events?{query}", UriKind.Relative), content).Within();

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(server.Hub.Rooms);
    }

    [Fact]
    public async Task BodyThatWasChanged_OrIsNotSigned_IsRefused()
    {
        await using var server = await PusherServer.StartAsync();
        const string Body = """{"name":"e","channel":"news","data":"{}"}""";
        foreach (var query in new[]
        {
            PusherServer.Sign("POST", "/apps/1/events", Body + " "), PusherServer.Sign("POST", "/apps/1/events", ""),
            PusherServer.Sign("GET", "/apps/1/events", Body), PusherServer.Sign("POST", "/apps/1/batch_events", Body),
        })
        {
            using var content = new StringContent(Body, Encoding.UTF8, "application/json");
            using var answer = await server.Http.PostAsync(new Uri($"/apps/1/events?{query}", UriKind.Relative), content).Within();
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Query_InAnyOrderAndCase_IsSignedSorted()
    {
        await using var server = await PusherServer.StartAsync();
        var at = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = PusherServer.Hmac(
            $"GET\n/apps/1/channels\nauth_key=garden-key&auth_timestamp={at}&auth_version=1.0&filter_by_prefix=a b&info=");

        using var answer = await server.Http.GetAsync(new Uri(
            $"/apps/1/channels?auth_signature={signature}&Info=&filter_by_prefix=a%20b&auth_version=1.0"
                + $"&auth_timestamp={at}&AUTH_KEY=garden-key",
            UriKind.Relative)).Within();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Body_MayBeSignedWhereThereIsNone()
    {
        await using var server = await PusherServer.StartAsync();

        // What Python's SDK sends.
        var answer = await server.GetAsync("/apps/1/channels", "body_md5=d41d8cd98f00b204e9800998ecf8427e");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
    }

    [Theory]
    [InlineData("raw", true)]
    [InlineData("decoded", true)]
    [InlineData("other", false)]
    public async Task Path_IsSignedAsItCame_OrDecoded(string way, bool isTaken)
    {
        await using var server = await PusherServer.StartAsync();
        const string Raw = "/apps/1/users/y%C3%A9%3Aa/terminate_connections";
        var signed = way switch { "raw" => Raw, "decoded" => Uri.UnescapeDataString(Raw), _ => "/apps/1/users/x/terminate_connections" };

        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await server.Http.PostAsync(
            new Uri($"{Raw}?{PusherServer.Sign("POST", signed, "{}")}", UriKind.Relative), content).Within();

        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task AppThatIsNone_OrDisabled_IsToldSo()
    {
        await using var server = await PusherServer.StartAsync(options => options.Apps[0].Enabled = false);

        Assert.Equal(HttpStatusCode.NotFound, (await server.GetAsync("/apps/9/channels")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.GetAsync("/apps/1/channels")).Status);
    }

    [Fact]
    public async Task PageOfAnotherHost_IsRefused_AndTheHubsTokenIsNotAskedFor()
    {
        await using var server = await PusherServer.StartAsync(hub: options => options.Token = "maple");
        Assert.Equal(HttpStatusCode.OK, (await server.TriggerAsync("news", "e", "{}")).Status);

        server.Http.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");
        Assert.Equal(HttpStatusCode.Forbidden, (await server.TriggerAsync("news", "e", "{}")).Status);
    }
}
