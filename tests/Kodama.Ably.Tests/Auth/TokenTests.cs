using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kodama.Ably.Tests;

/// <summary>docs/specs/ably.md, A1 to A11.</summary>
public sealed class TokenTests
{
    private const string Path = $"keys/{AblyServer.KeyName}/requestToken";

    [Theory]
    [InlineData("key=garden.key1:maple-maplf", 40101)]
    [InlineData("key=garden.key2:maple-maple", 40101)]
    [InlineData("key=desert.key1:maple-maple", 40101)]
    [InlineData("key=maple-maple", 40101)]
    [InlineData("x=y", 40106)]
    [InlineData("key=garden.key1:maple-maple&accessToken=x.y.z", 40101)]
    [InlineData("access_token=garden.e30.AAAA", 40143)]
    [InlineData("access_token=nonsense", 40143)]
    [InlineData("access_token=eyJhbGciOiJub25lIn0.e30.", 40144)]
    [InlineData("key=garden.key1:maple-maple&clientId=*", 40012)]
    [InlineData("key=garden.key1:maple-maple&clientId=", 40012)]
    public async Task A3_WhoShowsNothingThatCounts_GetsAnError_AndIsClosed(string query, int code)
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await AblyClient.OpenAsync(server.Url, query);

        Assert.Equal(code, await client.ExpectErrorAsync(ProtocolAction.Error));
        Assert.Null(await client.ReadAsync());
        Assert.Equal(0, server.Hub.PeerCount);
    }

    [Fact]
    public async Task A4_Token_LetsItsClientIn_ForWhatItMayDo()
    {
        await using var server = await AblyServer.StartAsync();
        var token = await server.TokenAsync("""{"clientId":"yui","capability":"{\"tea\":[\"subscribe\"]}"}""");

        await using var client = await server.ConnectAsync($"access_token={token}");
        Assert.Equal("yui", client.Connected.GetProperty("connectionDetails").GetProperty("clientId").GetString());
        var attached = await client.AttachAsync("tea");
        Assert.Equal((int)(Flags.Subscribe | Flags.PresenceSubscribe), attached.GetProperty("flags").GetInt32());
        await client.SendAsync("""{"action":10,"channel":"coffee"}""");
        Assert.Equal(40160, await client.ExpectErrorAsync(ProtocolAction.Error));
        await client.PublishAsync("tea", """{"data":"x"}""");
        Assert.Equal(40160, await client.ExpectErrorAsync(ProtocolAction.Nack));

        Assert.Equal(40160, (await server.SendAsync(HttpMethod.Get, "channels/tea/messages", null, AblyServer.Bearer(token))).Code);
        await using var other = await AblyClient.OpenAsync(server.Url, $"access_token={token}&clientId=ren");
        Assert.Equal(40102, await other.ExpectErrorAsync(ProtocolAction.Error));
    }

    [Fact]
    public async Task A4_Token_WithAnotherBody_IsNone()
    {
        await using var server = await AblyServer.StartAsync();
        var parts = (await server.TokenAsync("""{"clientId":"yui"}""")).Split('.');
        var body = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("yui", "ren", StringComparison.Ordinal);
        var forged = $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(body))}.{parts[2]}";

        await using var client = await AblyClient.OpenAsync(server.Url, $"access_token={forged}");

        Assert.Equal(40143, await client.ExpectErrorAsync(ProtocolAction.Error));
    }

    [Fact]
    public async Task A5_SignedRequest_CountsOnce_InItsTime()
    {
        var clock = new FakeClock();
        await using var server = await AblyServer.StartAsync(time: clock);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        async Task<int> AskAsync(string body)
        {
            var answer = await server.SendAsync(HttpMethod.Post, Path, body, null);
            return answer.Status == 201 ? 0 : answer.Code;
        }

        Assert.Equal(0, await AskAsync(AblyServer.Sign("0123456789abcdef", now)));
        // As who hands a query on has it.
        Assert.Equal(0, await AskAsync(AblyServer.Sign("6123456789abcdef", now).Replace($"{now}", $"\"{now}\"", StringComparison.Ordinal)));
        Assert.Equal(40105, await AskAsync(AblyServer.Sign("0123456789abcdef", now)));
        Assert.Equal(40101, await AskAsync(AblyServer.Sign("1123456789abcdef", now, secret: "another-secret")));
        Assert.Equal(40101, await AskAsync(AblyServer.Sign("2123456789abcdef", now).Replace("\"capability\":\"\"", "\"capability\":\"{}\"",
            StringComparison.Ordinal)));
        Assert.Equal(40104, await AskAsync(AblyServer.Sign("3123456789abcdef", now - 121_000)));
        Assert.Equal(40104, await AskAsync(AblyServer.Sign("4123456789abcdef", now + 121_000)));
        Assert.Equal(40101, await AskAsync(AblyServer.Sign("short", now)));
        Assert.Equal(40101, await AskAsync("{}"));
        Assert.Equal(40160, await AskAsync(AblyServer.Sign("5123456789abcdef", now, capability: """{"[meta]x":["publish"]}""")));
        // One that was refused for its mac has taken no nonce from who signs it.
        Assert.Equal(0, await AskAsync(AblyServer.Sign("1123456789abcdef", now)));
    }

    [Theory]
    [InlineData("""{"ttl":-1}""", 40003)]
    [InlineData("""{"ttl":86400001}""", 40003)]
    [InlineData("""{"ttl":"soon"}""", 40003)]
    [InlineData("""{"capability":"{\"tea\":[]}"}""", 40000)]
    [InlineData("""{"clientId":""}""", 40012)]
    [InlineData("""{"keyName":"garden.small"}""", 40101)]
    public async Task A5_RequestThatCannotBe_IsRefused(string body, int code)
    {
        await using var server = await AblyServer.StartAsync();

        Assert.Equal(code, (await server.PostAsync(Path, body)).Code);
    }

    [Theory]
    [InlineData("""{"alg":"HS256","kid":"garden.key1"}""", 0, 3600, AblyServer.Secret, 0)]
    [InlineData("""{"alg":"HS256","kid":"garden.key1"}""", 0, 3600, "another-secret", 40101)]
    [InlineData("""{"alg":"HS256","kid":"garden.key9"}""", 0, 3600, AblyServer.Secret, 40101)]
    [InlineData("""{"alg":"HS256","kid":"desert.key1"}""", 0, 3600, AblyServer.Secret, 40400)]
    [InlineData("""{"alg":"none","kid":"garden.key1"}""", 0, 3600, AblyServer.Secret, 40144)]
    [InlineData("""{"alg":"HS512","kid":"garden.key1"}""", 0, 3600, AblyServer.Secret, 40144)]
    [InlineData("""{"alg":"HS256","kid":"garden.key1"}""", -7200, 3600, AblyServer.Secret, 40142)]
    [InlineData("""{"alg":"HS256","kid":"garden.key1"}""", 120, 3600, AblyServer.Secret, 40144)]
    [InlineData("""{"alg":"HS256","kid":"garden.key1"}""", 0, 86401, AblyServer.Secret, 40144)]
    public async Task A6_Jwt_CountsByItsKey_InItsTime(string header, int from, int life, string secret, int code)
    {
        await using var server = await AblyServer.StartAsync();
        var issued = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + from;
        const string Capability = """{\"tea\":[\"publish\"]}""";
        var claims = $$"""{"iat":{{issued}},"exp":{{issued + life}},"x-ably-clientId":"yui","x-ably-capability":"{{Capability}}"}""";
        var body = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        var mac = Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)));

        await using var client = await AblyClient.OpenAsync(server.Url, $"access_token={body}.{mac}");
        var first = (await client.ReadAsync())!.Value;

        if (code > 0)
        {
            Assert.Equal(code, first.GetProperty("error").GetProperty("code").GetInt32());
            return;
        }
        Assert.Equal("yui", first.GetProperty("connectionDetails").GetProperty("clientId").GetString());
        Assert.Equal((int)Flags.Publish, (await client.AttachAsync("tea")).GetProperty("flags").GetInt32());
    }

    [Fact]
    public async Task A10_RevokedTokens_EndTheirConnections_AndOthersStay()
    {
        await using var server = await AblyServer.StartAsync();
        var yui = await server.TokenAsync("""{"clientId":"yui"}""", AblyServer.SmallKey);
        var ren = await server.TokenAsync("""{"clientId":"ren"}""", AblyServer.SmallKey);
        await using var first = await server.ConnectAsync($"access_token={yui}");
        await using var second = await server.ConnectAsync($"access_token={ren}");
        const string Targets = """{"targets":["clientId:yui","planet:x"]}""";

        var answer = await server.PostAsync($"keys/{AblyServer.SmallKeyName}/revokeTokens", Targets, AblyServer.SmallKey);

        Assert.Equal((1, 1), (answer.Json.GetProperty("successCount").GetInt32(), answer.Json.GetProperty("failureCount").GetInt32()));
        Assert.Equal(40141, await first.ExpectErrorAsync(ProtocolAction.Disconnected));
        await second.ExpectNothingAsync();
        await using var again = await AblyClient.OpenAsync(server.Url, $"access_token={yui}");
        Assert.Equal(40141, await again.ExpectErrorAsync(ProtocolAction.Error));
        Assert.Equal(40162, (await server.SendAsync(
            HttpMethod.Post, $"keys/{AblyServer.SmallKeyName}/revokeTokens", Targets, AblyServer.Bearer(ren))).Code);
        Assert.Equal(40163, (await server.PostAsync($"keys/{AblyServer.KeyName}/revokeTokens", Targets)).Code);
    }

    [Fact]
    public async Task A11_Client_IsAskedForAnotherToken_AndDisconnectedAtTheEndOfItsOwn()
    {
        var clock = new FakeClock();
        await using var server = await AblyServer.StartAsync(time: clock);
        await using var client = await server.ConnectAsync($"access_token={await server.TokenAsync("""{"ttl":60000,"clientId":"yui"}""")}");
        await client.AttachAsync("tea");

        clock.Advance(TimeSpan.FromSeconds(30));
        await client.ExpectAsync(ProtocolAction.Auth);
        var renewed = await server.TokenAsync("""{"ttl":60000,"clientId":"yui","capability":"{\"coffee\":[\"*\"]}"}""");
        await client.SendAsync($$$"""{"action":17,"auth":{"accessToken":"{{{renewed}}}"}}""");
        var connected = await client.ExpectAsync(ProtocolAction.Connected);
        Assert.Equal(client.Id, connected.GetProperty("connectionId").GetString());
        // What the new one does not allow is over.
        Assert.Equal(40160, await client.ExpectErrorAsync(ProtocolAction.Error));

        clock.Advance(TimeSpan.FromSeconds(30));
        await client.ExpectAsync(ProtocolAction.Auth);
        clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(40142, await client.ExpectErrorAsync(ProtocolAction.Disconnected));
        Assert.Null(await client.ReadAsync());
    }

    // Whoever has a token alone fails for good when it is asked for another.
    [Fact]
    public async Task A11_ShortToken_EndsWithoutAnother_AlsoWhereTheTimerIsEarly()
    {
        var clock = new FakeClock { Haste = 0.001 };
        await using var server = await AblyServer.StartAsync(time: clock);
        await using var client = await server.ConnectAsync($"access_token={await server.TokenAsync("""{"ttl":5000}""")}");

        clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(40142, await client.ExpectErrorAsync(ProtocolAction.Disconnected));
    }

    [Fact]
    public async Task A11_AnothersToken_EndsTheConnection()
    {
        await using var server = await AblyServer.StartAsync();
        await using var client = await server.ConnectAsync($"access_token={await server.TokenAsync("""{"clientId":"yui"}""")}");

        await client.SendAsync($$$"""{"action":17,"auth":{"accessToken":"{{{await server.TokenAsync("""{"clientId":"ren"}""")}}}"}}""");

        Assert.Equal(40102, await client.ExpectErrorAsync(ProtocolAction.Error));
        Assert.Null(await client.ReadAsync());
    }

    [Fact]
    public async Task A2_Key_StandsForTheHubsToken_AndAuthenticatorsAreAsked()
    {
        await using var open = await AblyServer.StartAsync(hub: options => options.Token = "maple");
        await using var client = await open.ConnectAsync();
        await client.ExpectNothingAsync();

        await using var closed = await AblyServer.StartAsync(hub: options =>
            options.Authenticators.Add(Server.Authenticator.Create(_ => Server.AuthenticationResult.Refuse("No."))));
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => closed.ConnectAsync());
    }

    [Fact]
    public async Task A5_RevocationKey_IsHeededWhereTheKeyWasShown_AsNoMacCoversIt()
    {
        await using var server = await AblyServer.StartAsync();
        var signed = AblyServer.Sign("0123456789abcdef", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        var changed = signed.Replace("{\"keyName\"", "{\"revocationKey\":\"others\",\"keyName\"", StringComparison.Ordinal);

        var answer = await server.SendAsync(HttpMethod.Post, Path, changed, null);

        Assert.DoesNotContain("others", BodyOf(answer.Json.GetProperty("token").GetString()!), StringComparison.Ordinal);
        Assert.Contains("ours", BodyOf(await server.TokenAsync("""{"revocationKey":"ours"}""")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A3_TokenThatWouldBeTooLong_IsNotGiven_AndOneThatIsTooLongIsNotAskedForAgain()
    {
        await using var server = await AblyServer.StartAsync();
        var many = string.Join(',', Enumerable.Range(0, 400).Select(static i => $"\\\"channel-{i:D4}\\\":[\\\"*\\\"]"));

        Assert.Equal(40000, (await server.PostAsync(Path, $$"""{"capability":"{{{many}}}"}""")).Code);
        Assert.Equal(40101, (await server.SendAsync(
            HttpMethod.Get, "channels/tea/messages", null, AblyServer.Bearer(new string('x', 8200) + ".y"))).Code);
    }

    [Fact]
    public async Task A10_RevocationWithAMargin_IsHeededAtItsEnd_AlsoWhereTheTimerIsEarly()
    {
        var clock = new FakeClock { Haste = 0.001 };
        await using var server = await AblyServer.StartAsync(time: clock);
        var token = await server.TokenAsync("""{"clientId":"yui","ttl":3600000}""", AblyServer.SmallKey);
        await using var client = await server.ConnectAsync($"access_token={token}");

        await server.PostAsync(
            $"keys/{AblyServer.SmallKeyName}/revokeTokens", """{"targets":["clientId:yui"],"allowReauthMargin":true}""",
            AblyServer.SmallKey);
        var told = client.ExpectErrorAsync(ProtocolAction.Disconnected);
        for (var i = 0; i < 60; i++) clock.Advance(TimeSpan.FromMilliseconds(500));
        await clock.AdvanceUntilAsync(() => told.IsCompleted);

        Assert.Equal(40141, await told);
    }

    private static string BodyOf(string token) => Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.Split('.')[1]));
}
