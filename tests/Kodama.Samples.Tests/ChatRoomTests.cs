using System.Net;
using System.Net.WebSockets;
using System.Text.Json;

namespace Kodama.Samples.Tests;

public sealed class ChatRoomTests
{
    [Fact]
    public async Task ChatRoom_Stranger_IsLedToTheLogin()
    {
        await using var sample = await StartAsync();
        using var http = Client(sample);
        using var deadline = Deadline.Source();

        using var page = await http.GetAsync(new Uri("/", UriKind.Relative), deadline.Token);

        Assert.Equal(HttpStatusCode.Redirect, page.StatusCode);
        Assert.Equal("/login", page.Headers.Location!.AbsolutePath);
    }

    [Theory]
    [InlineData("chat/ws")]
    [InlineData("chat/api/peers")]
    public async Task ChatRoom_ProgramWithoutLogin_GetsAStatusInsteadOfAPage(string path)
    {
        await using var sample = await StartAsync();
        using var http = Client(sample);
        using var deadline = Deadline.Source();

        using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), deadline.Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task ChatRoom_WrongPassword_GetsNoCookie()
    {
        await using var sample = await StartAsync();

        Assert.Null(await LoginAsync(sample, "yui", "maple"));
    }

    [Fact]
    public async Task ChatRoom_Line_ReachesAllUnderTheNameOfTheLogin()
    {
        await using var sample = await StartAsync();
        using var yui = await TextClient.ConnectAsync(
            sample.WebSocketAddress("chat/ws?name=ren"), await LoginAsync(sample, "yui", "cedar"));
        // Who hears itself is in the room.
        await yui.SendAsync("here");
        await yui.ReceiveAsync();
        using var ren = await TextClient.ConnectAsync(sample.WebSocketAddress("chat/ws"), await LoginAsync(sample, "ren", "maple"));

        await ren.SendAsync("Hello");

        Assert.Equal("""{"from":"ren","text":"Hello"}""", await yui.ReceiveAsync());
        Assert.Equal("""{"from":"ren","text":"Hello"}""", await ren.ReceiveAsync());
    }

    [Fact]
    public async Task ChatRoom_Peers_BearTheNameAndTheUserOfTheLogin()
    {
        await using var sample = await StartAsync();
        var cookie = await LoginAsync(sample, "yui", "cedar");
        using var yui = await TextClient.ConnectAsync(sample.WebSocketAddress("chat/ws"), cookie);
        await yui.SendAsync("here");
        await yui.ReceiveAsync();
        using var http = Client(sample, cookie);
        using var deadline = Deadline.Source();

        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri("chat/api/peers", UriKind.Relative), deadline.Token));

        var peer = Assert.Single(answer.RootElement.GetProperty("peers").EnumerateArray());
        Assert.Equal("yui", peer.GetProperty("user").GetString());
        Assert.Equal("yui", peer.GetProperty("details").GetProperty("name").GetString());
    }

    [Fact]
    public async Task ChatRoom_Logout_EndsTheConnection()
    {
        await using var sample = await StartAsync();
        var cookie = await LoginAsync(sample, "yui", "cedar");
        using var yui = await TextClient.ConnectAsync(sample.WebSocketAddress("chat/ws"), cookie);
        await yui.SendAsync("here");
        await yui.ReceiveAsync();
        using var http = Client(sample, cookie);
        using var deadline = Deadline.Source();

        using var answer = await http.PostAsync(new Uri("logout", UriKind.Relative), null, deadline.Token);

        Assert.Null(await yui.ReceiveAsync());
        Assert.Equal((WebSocketCloseStatus)4001, yui.CloseStatus);
        Assert.Equal("Logged out", yui.CloseReason);
    }

    private static Task<SampleProcess> StartAsync() => SampleProcess.StartAsync("ChatRoom", "--urls", "http://127.0.0.1:0");

    private static HttpClient Client(SampleProcess sample, string? cookie = null)
    {
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = sample.Address };
        if (cookie is not null) http.DefaultRequestHeaders.Add("Cookie", cookie);
        return http;
    }

    /// <summary>The cookie of a login; null, when it is refused.</summary>
    private static async Task<string?> LoginAsync(SampleProcess sample, string name, string password)
    {
        using var http = Client(sample);
        using var deadline = Deadline.Source();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["name"] = name, ["password"] = password });
        using var answer = await http.PostAsync(new Uri("login", UriKind.Relative), form, deadline.Token);
        return answer.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.First().Split(';')[0] : null;
    }
}
