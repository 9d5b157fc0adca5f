using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Kodama.Testing;

namespace Kodama.Server.Tests;

public sealed class IdempotencyTests
{
    private const string Key = "0f8fad5b-d9cb-469f-a165-70867728950e";

    [Fact]
    public async Task Publish_AgainUnderTheKey_AnswersTheFirstPosition()
    {
        await using var hub = await TestHub.StartAsync();
        await using var peer = await hub.JoinAsync();

        var first = await PublishAsync(hub, "hello", Key);
        var other = await PublishAsync(hub, "hello", Key[..^1] + "f");
        var again = await PublishAsync(hub, "hello", Key);

        Assert.Equal((1, false), (first.Offset, first.IsDuplicate));
        Assert.Equal((2, false), (other.Offset, other.IsDuplicate));
        Assert.Equal((1, true), (again.Offset, again.IsDuplicate));
        Assert.Equal(2, hub.Hub.FindRoom("lobby")!.Offset);
    }

    [Fact]
    public async Task Publish_AtOnceUnderOneKey_IsPublishedOnce()
    {
        const int Attempts = 32;
        await using var hub = await TestHub.StartAsync(o => o.Rules.Filter(async (message, cancellationToken) =>
        {
            await Task.Yield();
            return FilterResult.Replace(message.Payload + "!");
        }));
        await using var peer = await hub.JoinAsync();

        for (var round = 1; round <= 5; round++)
        {
            var key = $"round-{round}-0123456789";
            var answers = await Task.WhenAll(Enumerable.Range(0, Attempts).Select(_ => PublishAsync(hub, "hello", key))).Within();

            Assert.All(answers, answer => Assert.Equal(round, answer.Offset));
            Assert.Single(answers, answer => !answer.IsDuplicate);
            Assert.Equal("hello!", await peer.ReceiveTextAsync());
        }
        Assert.Equal(5, hub.Hub.FindRoom("lobby")!.Offset);
    }

    [Fact]
    public async Task Publish_OfAnotherContentUnderTheKey_IsRefused()
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, "hello", Key);

        using var answer = await SendAsync(hub, "something else", Key);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("ID_REUSED", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, hub.Hub.FindRoom("lobby")!.Offset);
    }

    [Fact]
    public async Task Keys_OfTwoPrincipals_AreTheirOwn()
    {
        await using var hub = await TestHub.StartAsync(o => o.Authenticators.Add(Authenticator.Create(context =>
        {
            var name = new Claim(ClaimTypes.Name, context.Request.Query["as"].ToString());
            return AuthenticationResult.Accept(new ClaimsPrincipal(new ClaimsIdentity([name], "test")));
        })));

        var yui = await PublishAsync(hub, "hello", Key, "?as=yui");
        var ren = await PublishAsync(hub, "hello", Key, "?as=ren");
        var again = await PublishAsync(hub, "hello", Key, "?as=yui");

        Assert.Equal((1, 2, 1), (yui.Offset, ren.Offset, again.Offset));
        Assert.True(again.IsDuplicate);
    }

    [Fact]
    public async Task Keys_OfManyWithoutAName_MakeNobodyElsesForgotten()
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, "hello", Key);
        for (var i = 0; i < 300; i++) await PublishAsync(hub, "noise", $"noise-noise-noise-{i}");

        Assert.True((await PublishAsync(hub, "hello", Key)).IsDuplicate);
    }

    [Theory]
    [InlineData("fifteen-letters", "")]
    [InlineData("with spaces within it", "")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123x", "")]
    [InlineData(Key, "?transient=1")]
    public async Task Key_ThatCannotBe_IsRefused(string key, string query)
    {
        await using var hub = await TestHub.StartAsync();

        using var answer = await SendAsync(hub, "hello", key, query);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("INVALID_ID", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(hub.Hub.Rooms);
    }

    [Fact]
    public async Task Key_OfAMessage_IsToldToReaders()
    {
        await using var hub = await TestHub.StartAsync();
        await PublishAsync(hub, "hello", Key);

        using var page = JsonDocument.Parse(await hub.Client.GetStringAsync("/api/rooms/lobby/messages").Within());

        Assert.Equal(Key, page.RootElement.GetProperty("messages")[0].GetProperty("id").GetString());
    }

    private static async Task<(long Offset, bool IsDuplicate)> PublishAsync(TestHub hub, string text, string key, string query = "")
    {
        using var answer = await SendAsync(hub, text, key, query);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, body);
        using var json = JsonDocument.Parse(body);
        var offset = json.RootElement.GetProperty("offset").GetInt64();
        Assert.Equal($"{json.RootElement.GetProperty("epoch")}:{offset}", json.RootElement.GetProperty("position").GetString());
        return (offset, json.RootElement.TryGetProperty("duplicate", out var duplicate) && duplicate.GetBoolean());
    }

    private static async Task<HttpResponseMessage> SendAsync(TestHub hub, string text, string key, string query = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/rooms/lobby/messages" + query) { Content = new StringContent(
            text) };
        Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
        return await hub.Client.SendAsync(request).Within();
    }
}
