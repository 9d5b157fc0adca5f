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
        Assert.Equal([5, 6, 7, 8], new[] { options.PingInterval, options.PongTimeout, options.CloseTimeout, options.StopTimeout }.Select(t => t.TotalSeconds));
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

    private static KodamaOptions Bind(string json, Action<KodamaOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json)));
        builder.Services.AddKodama(configure);
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<KodamaOptions>();
    }
}
