using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Kodama.Server.Tests;

public sealed class KodamaOptionsBindingTests
{
    [Fact]
    public void Options_Configuration_ReachesEveryKindOfOption()
    {
        var options = Bind(
            """
            {
              "Kodama": {
                "Name": "Ward 3",
                "Token": "a-token",
                "Echo": true,
                "DefaultRoom": "hall",
                "Details": { "floor": "3" },
                "AllowedOrigins": ["https://app.example", "https://*.example"],
                "AllowedHosts": ["hub.example"],
                "MaxPeers": 100,
                "MaxRoomsPerPeer": 2,
                "MaxMessageSize": 1000,
                "MaxFragments": 10,
                "Compression": false,
                "Advertise": false,
                "Interfaces": ["eth0", "192.168.1.20"],
                "PingInterval": "00:00:05",
                "PongTimeout": "00:00:06",
                "CloseTimeout": "00:00:07",
                "StopTimeout": "00:00:08",
                "Outbox": { "MaxBytes": 5000, "MaxFrames": 50, "SlowPeers": "DropOldest" },
                "Rooms": { "vitals": { "Echo": false, "SlowPeers": "DropOldest", "KeepWhenEmpty": true } }
              }
            }
            """);

        Assert.Equal("Ward 3", options.Name);
        Assert.Equal("a-token", options.Token);
        Assert.True(options.Echo);
        Assert.Equal("hall", options.DefaultRoom);
        Assert.Equal("3", options.Details["floor"]);
        Assert.Equal(["https://app.example", "https://*.example"], options.AllowedOrigins);
        Assert.Equal(["hub.example"], options.AllowedHosts);
        Assert.Equal((100, 2, 1000, 10), (options.MaxPeers, options.MaxRoomsPerPeer, options.MaxMessageSize, options.MaxFragments));
        Assert.False(options.Compression);
        Assert.False(options.Advertise);
        Assert.Equal(["eth0", "192.168.1.20"], options.Interfaces);
        Assert.Equal(
            [5, 6, 7, 8],
            new[] { options.PingInterval, options.PongTimeout, options.CloseTimeout, options.StopTimeout }.Select(t => t.TotalSeconds));
        Assert.Equal((5000, 50, SlowPeerPolicy.DropOldest), (options.Outbox.MaxBytes, options.Outbox.MaxFrames, options.Outbox.SlowPeers));
        var room = options.Rooms["vitals"];
        Assert.Equal((false, SlowPeerPolicy.DropOldest, true), (room.Echo, room.SlowPeers, room.KeepWhenEmpty));
    }

    [Fact]
    public void Options_Code_CountsMoreThanConfiguration()
    {
        Assert.Equal(7, Bind("""{ "Kodama": { "MaxPeers": 100 } }""", o => o.MaxPeers = 7).MaxPeers);
    }

    [Fact]
    public void Options_ValueOutOfRange_IsNamed()
    {
        var exception = Assert.Throws<ArgumentException>(() => Bind("""{ "Kodama": { "MaxPeers": 0 } }"""));

        Assert.Equal("MaxPeers is 0; it must be at least 1.", exception.Message);
    }

    [Theory]
    [InlineData("\"PingInterval\": \"20\"", "PingInterval is 20.00:00:00; it must be less than a day. "
        + "Write hh:mm:ss, as 00:00:20 for 20 seconds: a bare number means days.")]
    [InlineData("\"StopTimeout\": \"1\"", "StopTimeout is 1.00:00:00; it must be less than a day.")]
    [InlineData("\"CloseTimeout\": \"-00:00:01\"", "CloseTimeout is -00:00:01; it cannot be negative.")]
    [InlineData("\"PongTimeout\": \"00:00:00\"", "PongTimeout is 00:00:00, and no peer answers a ping in no time;")]
    [InlineData("\"DefaultRoom\": \"\"", "DefaultRoom is \"\"; a room's name takes 1 to 255 characters, none of them a control character.")]
    [InlineData("\"Rooms\": { \"a\\nb\": { \"Echo\": true } }", "Rooms has \"a\nb\", which cannot be a room's name")]
    [InlineData("\"Name\": \" \"", "Name is empty: leave it out")]
    [InlineData("\"MaxEventStreams\": -1", "MaxEventStreams is -1;")]
    [InlineData("\"MaxNewcomers\": 0", "MaxNewcomers is 0; it must be from 1 to 1048576.")]
    [InlineData("\"NewcomerTimeout\": \"10\"", "NewcomerTimeout is 10.00:00:00; it must be less than a day.")]
    public void Options_ValueThatCannotBe_IsNamedWithWhatToDo(string json, string said)
    {
        var exception = Assert.Throws<ArgumentException>(() => Bind($$"""{ "Kodama": { {{json}} } }"""));

        Assert.StartsWith(said, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("(Parameter", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Null_IsNamed()
    {
        Assert.StartsWith(
            "Outbox is null",
            Assert.Throws<ArgumentException>(() => new KodamaOptions { Outbox = null! }.Validate()).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "DefaultRoom is",
            Assert.Throws<ArgumentException>(() => new KodamaOptions { DefaultRoom = null! }.Validate()).Message,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "Rooms[\"tea\"] is null",
            Assert.Throws<ArgumentException>(() => new KodamaOptions { Rooms = { ["tea"] = null! } }.Validate()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Options_PongTimeoutWithoutPings_MayBeZero() =>
        new KodamaOptions { PingInterval = TimeSpan.Zero, PongTimeout = TimeSpan.Zero }.Validate();

    [Theory]
    [InlineData("Lounge", "other", "Lounge")]
    [InlineData("Lounge", null, "Lounge")]
    [InlineData(null, "Ward 3", "Ward 3")]
    public void Name_AndDetail_AreOne(string? name, string? detail, string expected)
    {
        var options = new KodamaOptions { Name = name };
        if (detail is not null) options.Details["name"] = detail;

        options.Validate();

        Assert.Equal((expected, expected), (options.Name, options.Details["name"]));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Name_OfNothing_IsTheMachines(string? detail)
    {
        var options = new KodamaOptions();
        if (detail is not null) options.Details["name"] = detail;

        options.Validate();

        Assert.Equal((System.Net.Dns.GetHostName(), options.Name), (options.Name, options.Details["name"]));
    }

    private static KodamaOptions Bind(string json, Action<KodamaOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json)));
        builder.Services.AddKodama(configure);
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<KodamaOptions>();
    }
}
