using System.IO.Compression;
using System.Text;
using Kodama.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.SocketIO.Tests;

/// <summary>Options out of the configuration.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public void Bind_AllThereIs_SetsIt()
    {
        var options = new SocketIOOptions();
        options.Bind(Section("""
            {
              "path": "/chat", "AddTrailingSlash": false, "Polling": "false", "WebSockets": true, "AllowUpgrades": false,
              "PingInterval": "00:00:05", "PingTimeout": "00:00:04.5", "UpgradeTimeout": "00:00:03", "MaxHttpBufferSize": 5000,
              "AllowEIO3": true, "HttpCompression": false, "PerMessageDeflate": { "Threshold": 10, "Level": "SmallestSize" },
              "InitialPacket": "hi", "ServeClient": false, "MaxSessions": 7, "MaxSessionsPerAddress": 3, "KeepHeaders": true,
              "Cors": { "Origin": ["https://a.example", "https://b.example"], "Credentials": true, "Methods": ["GET"],
                "AllowedHeaders": ["X-A", "X-B"], "ExposedHeaders": "X-C", "MaxAge": "01:00:00" },
              "Cookie": { "Name": "sid", "Path": "/x", "Domain": "a.example", "MaxAge": "00:01:00", "HttpOnly": false, "Secure": true,
                "SameSite": "strict" },
              "ConnectTimeout": "00:00:02", "MaxAttachments": 4, "Parser": "json", "AckTimeout": "-00:00:00.001",
              "ConnectionStateRecovery": { "MaxDisconnectionDuration": "00:03:00", "SkipMiddlewares": false, "MaxBytes": 70000,
                "MaxSessions": 9 },
              "MaxPendingAcks": 5, "MaxPendingEvents": 6, "MaxNamespacesPerConnection": 8, "AnyNamespace": true, "Relay": true,
              "SharesRooms": false
            }
            """));

        Assert.Equal("/chat", options.Path);
        Assert.Equal((false, false, true, false), (options.AddTrailingSlash, options.Polling, options.WebSockets, options.AllowUpgrades));
        Assert.Equal([5, 4.5, 3, 2], [options.PingInterval.TotalSeconds, options.PingTimeout.TotalSeconds,
            options.UpgradeTimeout.TotalSeconds, options.ConnectTimeout.TotalSeconds]);
        Assert.Equal((5000, true, false), (options.MaxHttpBufferSize, options.AllowEIO3, options.HttpCompression));
        Assert.Equal((10, CompressionLevel.SmallestSize), (options.PerMessageDeflate!.Threshold, options.PerMessageDeflate.Level));
        Assert.Equal(("hi", false, 7, 3, true), (options.InitialPacket, options.ServeClient, options.MaxSessions,
            options.MaxSessionsPerAddress, options.KeepHeaders));
        Assert.True(options.Cors.Allows("https://b.example"));
        Assert.False(options.Cors.Allows("https://c.example"));
        Assert.Equal("GET|X-A,X-B|X-C|3600", string.Join('|', string.Join(',', options.Cors.Methods),
            string.Join(',', options.Cors.AllowedHeaders), string.Join(',', options.Cors.ExposedHeaders),
            options.Cors.MaxAge!.Value.TotalSeconds));
        Assert.True(options.Cors.Credentials);
        Assert.Equal("sid=x; Max-Age=60; Domain=a.example; Path=/x; Secure; SameSite=Strict", options.Cookie!.For("x"));
        Assert.Equal(
            (4, SocketIOParser.Json, Timeout.InfiniteTimeSpan), (options.MaxAttachments, options.Parser, options.AckTimeout));
        var recovery = options.ConnectionStateRecovery!;
        Assert.Equal((180, false, 70_000, 9), (recovery.MaxDisconnectionDuration.TotalSeconds, recovery.SkipMiddlewares, recovery.MaxBytes,
            recovery.MaxSessions));
        Assert.Equal((5, 6, 8), (options.MaxPendingAcks, options.MaxPendingEvents, options.MaxNamespacesPerConnection));
        Assert.Equal((true, true, false), (options.AnyNamespace, options.Relay, options.SharesRooms));
    }

    [Fact]
    public void Bind_TrueForAPart_IsItsDefaults_FalseIsNone()
    {
        var options = new SocketIOOptions { Cookie = new SessionCookie() };
        options.Bind(Section("""
            {
              "ConnectionStateRecovery": true, "PerMessageDeflate": true, "Cookie": false, "Cors": { "Origin": "*" }
            }
            """));

        Assert.Equal(TimeSpan.FromMinutes(2), options.ConnectionStateRecovery!.MaxDisconnectionDuration);
        Assert.Equal(1024, options.PerMessageDeflate!.Threshold);
        Assert.Null(options.Cookie);
        Assert.True(options.Cors.Allows("https://any.example"));
    }

    [Theory]
    [InlineData("""{ "PingIntervall": "00:00:05" }""", "SocketIO:PingIntervall is no option: there are Path,")]
    [InlineData("""{ "Json": {"a": 1} }""", "SocketIO:Json is no option: there are Path,")]
    [InlineData("""{ "Cors": { "Origins": "x" } }""", "SocketIO:Cors:Origins is no option: there are Origin,")]
    [InlineData("""{ "PingInterval": "20" }""", "SocketIO:PingInterval is \"20\"; it must be a time as hh:mm:ss, such as 00:00:20")]
    [InlineData("""{ "PingInterval": "soon:" }""", "SocketIO:PingInterval is \"soon:\"; it must be a time as hh:mm:ss")]
    [InlineData("""{ "PingInterval": { "Seconds": 1 } }""", "SocketIO:PingInterval is a section; it must be a time")]
    [InlineData("""{ "PingInterval": "1.00:00:00" }""", "SocketIO:PingInterval is 1.00:00:00; it must be more than 0 and less than a day.")]
    [InlineData("""{ "MaxSessions": 0 }""", "SocketIO:MaxSessions is 0; it must be at least 1.")]
    [InlineData("""{ "MaxSessions": -1 }""", "SocketIO:MaxSessions is \"-1\"; it must be a whole number of at most 2147483647, in digits.")]
    [InlineData("""{ "MaxSessions": "1e3" }""", "SocketIO:MaxSessions is \"1e3\"; it must be a whole number")]
    [InlineData("""{ "Relay": "yes" }""", "SocketIO:Relay is \"yes\"; it must be true or false.")]
    [InlineData("""{ "Parser": "xml" }""", "SocketIO:Parser is \"xml\"; it must be one of Any, Json, MessagePack.")]
    [InlineData("""{ "Parser": "1" }""", "SocketIO:Parser is \"1\"; it must be one of Any, Json, MessagePack.")]
    [InlineData("""{ "Parser": "MessagePack", "AllowEIO3": true }""", "SocketIO:Parser is MessagePack and AllowEIO3 true, but")]
    [InlineData("""{ "ConnectionStateRecovery": {} }""", "SocketIO:ConnectionStateRecovery is empty; it must be true, false, or a section")]
    [InlineData("""{ "InitialPacket": null }""", "SocketIO:InitialPacket is empty; it must be a text.")]
    [InlineData("""{ "Cookie": "io" }""", "SocketIO:Cookie is \"io\"; it must be true or false")]
    [InlineData("""{ "Cookie": { "Name": "a b" } }""", "SocketIO:Cookie.Name is \"a b\"; it must be a token such as io.")]
    [InlineData("""{ "Path": { "a": 1 } }""", "SocketIO:Path is a section; it must be a text.")]
    [InlineData("""{ "ConnectionStateRecovery": { "MaxBytes": 1 } }""",
        "SocketIO:ConnectionStateRecovery.MaxBytes is 1; it must be at least 65536.")]
    public void Bind_WhatIsWrong_SaysKeyValueAndRemedy(string json, string expected)
    {
        var refused = Assert.Throws<ArgumentException>(() => new SocketIOOptions().Bind(Section(json)));

        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_OfEngineIO_HasItsOptionsAlone()
    {
        var options = new EngineOptions();
        options.Bind(Section("""{ "MaxSessions": 7 }"""));
        Assert.Equal(7, options.MaxSessions);

        Assert.Throws<ArgumentException>(() => options.Bind(Section("""{ "Relay": true }""")));
    }

    [Fact]
    public void Keys_AreAllOptionsThatAreNoCode_AndInTheReadme()
    {
        string[] code = ["AllowRequest", "Json"];
        var refused = Assert.Throws<ArgumentException>(() => new SocketIOOptions().Bind(Section("""{ "?": 1 }""")));
        var keys = refused.Message.Split("there are ")[1].TrimEnd('.').Split(", ");
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "../../../../../src/Kodama.SocketIO/README.md"));

        Assert.Equal(
            typeof(SocketIOOptions).GetProperties().Select(option => option.Name).Except(code).Order(StringComparer.Ordinal),
            keys.Order(StringComparer.Ordinal));
        Assert.All(keys, key => Assert.Contains($"`{key}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddSocketIO_IsBeforeWhatTheProgramSets_EachServerItsOwn()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([
            new("A:MaxHttpBufferSize", "5000"), new("A:MaxSessions", "7"), new("B:MaxHttpBufferSize", "6000")]).Build();
        await using var server = new KodamaServer(configure: builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSocketIO(configuration.GetSection("A"));
            builder.Services.AddSocketIO("/b", configuration.GetSection("B"));
        });

        var a = server.Endpoints.MapSocketIO(options => options.MaxSessions += 1);
        var b = server.Endpoints.MapSocketIO("/b");
        var c = server.Endpoints.MapSocketIO("/c");

        Assert.Equal(("/socket.io", 5000, 8), (a.Options.Path, a.Options.MaxHttpBufferSize, a.Options.MaxSessions));
        Assert.Equal(("/b", 6000), (b.Options.Path, b.Options.MaxHttpBufferSize));
        Assert.Equal(("/c", 1_000_000), (c.Options.Path, c.Options.MaxHttpBufferSize));
    }

    [Fact]
    public async Task AddSocketIO_WithAWrongValue_StopsTheApplicationWithIt()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("A:Relay", "perhaps")]).Build();
        await using var server = new KodamaServer(configure: builder => builder.Services.AddSocketIO(configuration.GetSection("A")));

        var refused = Assert.Throws<ArgumentException>(() => server.Endpoints.MapSocketIO());

        Assert.Equal("A:Relay is \"perhaps\"; it must be true or false.", refused.Message);
    }

    private static IConfigurationSection Section(string json) => new ConfigurationBuilder()
        .AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "SocketIO": {{json}} }""")))
        .Build().GetSection("SocketIO");
}
