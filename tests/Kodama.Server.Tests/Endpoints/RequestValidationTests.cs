using System.Net;
using Kodama.Testing;

namespace Kodama.Server.Tests;

/// <summary>Validators, as requests over HTTP meet them.</summary>
public sealed class RequestValidationTests
{
    public static TheoryData<string, string> Requests => new()
    {
        { "GET", "/api/rooms" },
        { "GET", "/api/peers" },
        { "GET", "/api/events" },
        { "GET", "/api/rooms/tea/messages" },
        { "GET", "/api/rooms/tea/events" },
        { "GET", "/api/rooms/tea/presence" },
        { "GET", "/api/rooms/tea/state" },
        { "GET", "/api/rooms/tea/state/k" },
        { "POST", "/api/rooms/tea/messages" },
        { "PUT", "/api/rooms/tea/state/k" },
        { "DELETE", "/api/rooms/tea/state/k" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_ThatAValidatorRefuses_Gets403WithItsReason(string method, string path)
    {
        await using var hub = await TestHub.StartAsync(o => o.Rules.Validate(peer => peer.Principal is not null, "Staff only."));

        var (status, body) = await AskAsync(hub, method, path);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("\"REFUSED\"", body, StringComparison.Ordinal);
        Assert.Contains("Staff only.", body, StringComparison.Ordinal);
        Assert.Empty(hub.Hub.Rooms);
    }

    [Fact]
    public async Task Publish_UnderTheNameOfAPeerThatIsHere_IsRefused()
    {
        await using var hub = await TestHub.StartAsync(options => options.Rules.UniqueDetail("name"));
        await using var yui = await hub.JoinAsync("/ws/tea?name=Yui");

        var (status, body) = await AskAsync(hub, "POST", "/api/rooms/tea/messages?name=yui");
        var (other, _) = await AskAsync(hub, "POST", "/api/rooms/tea/messages?name=Ren");
        var (reading, _) = await AskAsync(hub, "GET", "/api/rooms/tea/messages?name=Yui");

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Contains("is taken: choose another.", body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.OK), (other, reading));
        Assert.Equal(1, yui.Peer!.Room!.Offset);
    }

    [Fact]
    public async Task Lists_OfAHubThatRequiresADetail_AreReadWithoutIt()
    {
        await using var hub = await TestHub.StartAsync(options => options.Rules.RequireDetail("name"));
        using var events = await SseReader.OpenAsync(hub.Client, "/api/events");

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(hub, "GET", "/api/peers")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(hub, "POST", "/api/rooms/tea/messages")).Status);
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(TestHub hub, string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT") request.Content = new StringContent("hello");
        using var answer = await hub.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Within();
        return (answer.StatusCode, answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync().Within());
    }
}
