using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO.Tests;

public sealed class EngineOptionsTests
{
    [Fact]
    public void Defaults_AreValid() => new EngineOptions { Cookie = new SessionCookie() }.Validate();

    [Theory]
    [InlineData("socket.io")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("//host/socket.io")]
    [InlineData("/socket.io?x")]
    [InlineData("/{room}")]
    public void Path_ThatIsNone_IsRefusedByName(string path) => AssertRefused("Path", new EngineOptions { Path = path });

    [Fact]
    public void Values_OutOfRange_AreRefusedByName()
    {
        AssertRefused("Polling and WebSockets", new EngineOptions { Polling = false, WebSockets = false });
        AssertRefused("PingInterval", new EngineOptions { PingInterval = TimeSpan.Zero });
        AssertRefused("PingTimeout", new EngineOptions { PingTimeout = TimeSpan.FromDays(20) });
        AssertRefused("UpgradeTimeout", new EngineOptions { UpgradeTimeout = TimeSpan.FromSeconds(-1) });
        AssertRefused("MaxHttpBufferSize", new EngineOptions { MaxHttpBufferSize = 0 });
        AssertRefused("MaxSessions", new EngineOptions { MaxSessions = 0 });
        AssertRefused("MaxSessionsPerAddress", new EngineOptions { MaxSessionsPerAddress = 0 });
        AssertRefused("Cookie.Name", new EngineOptions { Cookie = new SessionCookie { Name = "a b" } });
        AssertRefused("Cookie", new EngineOptions { Cookie = new SessionCookie { Path = "/;x" } });
        var cors = new EngineOptions();
        cors.Cors.AllowedHeaders.Add("a\r\nb");
        AssertRefused("Cors", cors);
    }

    [Fact]
    public void Cookie_WithEverything_HasNodesOrder()
    {
        var cookie = new SessionCookie
        {
            Name = "sid", MaxAge = TimeSpan.FromHours(1), Domain = "a.example", Path = "/x", Secure = true, SameSite = SameSiteMode.None,
        };

        Assert.Equal("sid=abc; Max-Age=3600; Domain=a.example; Path=/x; HttpOnly; Secure; SameSite=None", cookie.For("abc"));
    }

    private static void AssertRefused(string name, EngineOptions options) =>
        Assert.StartsWith(name, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
}
