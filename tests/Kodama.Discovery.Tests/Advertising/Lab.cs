using System.Net;
using Kodama.Testing;

namespace Kodama.Discovery.Tests;

/// <summary>A network in memory with advertisers on it, and a neighbour who asks and says what a test wants.</summary>
internal sealed class Lab
{
    public static readonly DnsName Service = DnsName.Parse("_kodama._tcp.local");
    public static readonly DnsName Types = DnsName.Parse("_services._dns-sd._udp.local");
    public static readonly DnsName Lounge = Service.Prepend("Lounge");
    public static readonly DnsName Host = DnsName.Parse("kodama-aaaaaaaaaaaa.local");

    private readonly RecordingListener neighbourHears = new();
    private int seed = 1;

    public Lab()
    {
        Lan = new MemoryLan(Clock);
        Neighbour = Lan.Attach(MemoryNetwork.Interface("192.168.1.200"), neighbourHears);
        Scanner = Lan.Attach(MemoryNetwork.Interface("192.168.1.201"), neighbourHears, port: 40000);
    }

    public FakeClock Clock { get; } = new();

    public MemoryLan Lan { get; }

    /// <summary>On port 5353.</summary>
    public MemoryLink Neighbour { get; }

    /// <summary>On a port of its own.</summary>
    public MemoryLink Scanner { get; }

    /// <summary>What was sent by others than the neighbour, since <see cref="Forget"/>.</summary>
    public List<MemoryLan.Sent> Sent => [.. Lan.Log.Where(s => s.From != Neighbour && s.From != Scanner)];

    public List<MemoryLan.Sent> Probes => [.. Sent.Where(s => !s.Message.IsResponse)];

    public List<MemoryLan.Sent> Responses => [.. Sent.Where(s => s.Message.IsResponse)];

    public (Advertiser Advertiser, MemoryNetwork Network) Start(
        string name = "Lounge", string digit = "a", AdvertiserOptions? options = null, params string[] addresses)
    {
        var network = new MemoryNetwork(Lan, addresses);
        var advertisement = new Advertisement { Name = name, Port = 8080, Text = Text(digit) };
        return (Advertiser.Start(advertisement, options ?? new(), network, Clock, new Random(seed++)), network);
    }

    /// <summary>One on 192.168.1.10 whose announcements are over, so that nothing is under way.</summary>
    public (Advertiser Advertiser, MemoryNetwork Network) Announced(string name = "Lounge")
    {
        var started = Start(name, addresses: "192.168.1.10");
        Run(4);
        Forget();
        return started;
    }

    public static IReadOnlyList<KeyValuePair<string, string>> Text(string digit) =>
        [new("txtvers", "1"), new("id", string.Concat(Enumerable.Repeat(digit, 32))), new("path", "/ws")];

    public static TxtData Txt(string digit) => TxtData.Of(Text(digit));

    public void Run(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(1))
            Clock.Advance(TimeSpan.FromMilliseconds(1));
    }

    public void Forget() => Lan.Log.Clear();

    public void Ask(DnsName name, DnsType type, bool unicast = false, params DnsRecord[] known) =>
        Say(new DnsMessage { Questions = [new(name, type, unicast)], Answers = known });

    public void Answer(params DnsRecord[] records) =>
        Say(new DnsMessage { Flags = DnsFlags.Response | DnsFlags.Authoritative, Answers = records });

    public void Say(DnsMessage message, IPEndPoint? to = null, bool legacy = false)
    {
        foreach (var packet in DnsPackets.Split(message))
        {
            if (to is null) (legacy ? Scanner : Neighbour).Send(packet);
            else Neighbour.SendTo(packet, to);
        }
    }
}
