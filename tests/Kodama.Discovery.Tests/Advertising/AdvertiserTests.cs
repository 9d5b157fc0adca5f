using System.Net;
using System.Net.Sockets;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

public class AdvertiserTests
{
    private static readonly Advertisement Lounge = new() { Name = "Lounge", Port = 8080 };

    public static TheoryData<Advertisement, AdvertiserOptions, string> Wrong => new()
    {
        { Lounge with { Name = " " }, new(), "name of an advertisement is empty" },
        { Lounge with { Port = 0 }, new(), "not 0" },
        { Lounge with { Port = 65536 }, new(), "not 65536" },
        { Lounge with { ServiceType = "kodama" }, new(), "not \"kodama\"" },
        { Lounge with { Text = [new("a=b", "")] }, new(), "\"a=b\"" },
        { Lounge with { Text = [new("a", new string('x', 254))] }, new(), "that of \"a\" has 256" },
        {
            Lounge with { Text = [.. Enumerable.Range(0, 5).Select(i => KeyValuePair.Create($"{i}", new string('x', 250)))] },
            new(), "this one has 1265"
        },
        { Lounge, new() { HostName = "my.host" }, "not \"my.host\"" },
        { Lounge, new() { Interfaces = { "nowhere0" } }, "\"nowhere0\"" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Start_WhatCannotBeAdvertised_IsRefusedWithTheValue(
        Advertisement advertisement, AdvertiserOptions options, string expected)
    {
        var error = await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            Advertiser.StartAsync(advertisement, options, TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_LongName_IsCut()
    {
        var lab = new Lab();
        await using var advertiser = lab.Start(new string('木', 30)).Advertiser;

        Assert.Equal(new string('木', 21), advertiser.Name);
    }

    [Fact]
    public async Task Start_OnRealSockets_IsAskedForAndAnswers()
    {
        var name = $"Smoke {Guid.NewGuid():N}";
        var errors = new System.Collections.Concurrent.ConcurrentQueue<DiscoveryError>();
        var options = new AdvertiserOptions { Interfaces = { "127.0.0.1" }, Failed = errors.Enqueue };
        await using var advertiser = await Advertiser.StartAsync(
            Lounge with { Name = name }, options, TestContext.Current.CancellationToken);
        await advertiser.WhenAnnouncedAsync(TestContext.Current.CancellationToken).Within();
        using var asker = MulticastSocket.Open(
            LocalInterfaces.List(["127.0.0.1"]).First(i => i.IsUsed).Index, AddressFamily.InterNetwork, port: 0);
        var instance = Lab.Service.Prepend(name);

        asker.SendTo(
            DnsPackets.Split(new DnsMessage { Id = 7, Questions = [new(instance, DnsType.Srv)] })[0],
            new IPEndPoint(MulticastGroup.Of(AddressFamily.InterNetwork), 5353));
        var buffer = new byte[2000];
        var received = await asker.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0)).Within();

        Assert.True(DnsMessage.TryRead(buffer.AsSpan(0, received.ReceivedBytes), out var answer, out var error), error);
        Assert.Equal(8080, ((SrvData)Assert.Single(answer.Answers).Data).Port);
        Assert.Contains(answer.Additionals, a => a.Data.Equals(new AddressData(IPAddress.Loopback)));
        Assert.DoesNotContain(errors, e => e.Message.Contains("IPv4", StringComparison.Ordinal));
    }
}
