using System.Security.Cryptography;

namespace Kodama.Discovery;

/// <summary>
/// Tells the network of one service by mDNS and DNS-SD (RFC 6762, 6763), on all interfaces that are used and as they come and go.
/// Thread-safe. Errors of the network end nothing: <see cref="AdvertiserOptions.Failed"/> hears of them.
/// </summary>
public sealed class Advertiser : IAsyncDisposable
{
    private readonly ServiceResponder responder;
    private readonly IMulticastNetwork network;
    private readonly OrderedEvents events;
    private int disposed;

    private Advertiser(Registration registration, AdvertiserOptions options, IMulticastNetwork network, TimeProvider time, Random random)
    {
        this.network = network;
        events = new OrderedEvents(options.Failed);
        responder = new ServiceResponder(
            registration, [.. options.Addresses], time, random, name => events.Raise(() => Renamed?.Invoke(name)), events.Fail);
    }

    /// <summary>The name was another's, and this is what the instance is called now. Raised on a thread of the pool, one after
    /// another.</summary>
    public event Action<string>? Renamed;

    /// <summary>The instance's name at present: "Lounge (2)" after a conflict.</summary>
    public string Name => responder.Name;

    /// <summary>How many packets were heard that are no DNS messages; they are ignored.</summary>
    public long BadPackets => responder.BadPackets;

    /// <summary>
    /// Opens the sockets and begins to ask whether the name is free, which takes 0.75 to 1 s; then it is announced. Returns at once, also
    /// where no interface is up yet.
    /// </summary>
    /// <exception cref="ArgumentException">The advertisement cannot be written, or there is no interface of a name in the
    /// options.</exception>
    public static Task<Advertiser> StartAsync(
        Advertisement advertisement, AdvertiserOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new AdvertiserOptions();
        cancellationToken.ThrowIfCancellationRequested();
        string[] interfaces = [.. options.Interfaces];
        if (interfaces.Length > 0) LocalInterfaces.List(interfaces);
        var time = TimeProvider.System;
        return Task.FromResult(
            Start(advertisement, options, new MulticastNetwork(interfaces, MulticastGroup.Port, time), time, new Random()));
    }

    internal static Advertiser Start(
        Advertisement advertisement, AdvertiserOptions options, IMulticastNetwork network, TimeProvider time, Random random)
    {
        var advertiser = new Advertiser(Registered(advertisement, options.HostName), options, network, time, random);
        network.Start(advertiser.responder);
        return advertiser;
    }

    /// <summary>Tells other pairs in the TXT record from now on.</summary>
    /// <exception cref="ArgumentException">The pairs cannot be written, or are more than <see cref="Advertisement.MaxText"/>
    /// bytes.</exception>
    public void Update(IReadOnlyList<KeyValuePair<string, string>> text) => responder.Update(Encode(text));

    /// <summary>Ends once every interface has heard of the service under the present name; where there is none, once one is up.</summary>
    /// <exception cref="ObjectDisposedException">The advertiser is disposed.</exception>
    /// <exception cref="OperationCanceledException">The token says so.</exception>
    public Task WhenAnnouncedAsync(CancellationToken cancellationToken = default) =>
        responder.WhenAnnouncedAsync().WaitAsync(cancellationToken);

    /// <summary>Says goodbye, so that others forget the service within a second, and closes the sockets.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return;
        responder.Stop();
        await network.DisposeAsync().ConfigureAwait(false);
        responder.Dispose();
    }

    private static Registration Registered(Advertisement advertisement, string? hostName)
    {
        var printable = string.Concat(advertisement.Name.Select(c => char.IsControl(c) ? ' ' : c)).Trim();
        var name = NextName.Cut(printable, DnsName.MaxLabel);
        if (name.Length == 0) throw new ArgumentException("The name of an advertisement is empty.", nameof(advertisement));
        if (advertisement.Port is < 1 or > ushort.MaxValue)
            throw new ArgumentException($"A port is 1 to 65535, not {advertisement.Port}.", nameof(advertisement));
        if (advertisement.ServiceType.Split('.') is not [['_', _, ..], "_tcp" or "_udp"])
        {
            throw new ArgumentException(
                $"A service type is like {Advertisement.DefaultServiceType}, not \"{advertisement.ServiceType}\".", nameof(advertisement));
        }
        var host = hostName ?? HostOf(advertisement.Text);
        if (host.Length is 0 or > DnsName.MaxLabel || host.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            throw new ArgumentException(
                $"A host name is 1 to 63 letters, digits and hyphens, without \".local\"; not \"{host}\".", nameof(hostName));
        }
        return new(
            Registration.Domain.Under(advertisement.ServiceType), name, host, (ushort)advertisement.Port, Encode(advertisement.Text));
    }

    private static TxtData Encode(IReadOnlyList<KeyValuePair<string, string>> text)
    {
        var data = TxtData.Of(text);
        if (data.Length > Advertisement.MaxText)
        {
            throw new ArgumentException(
                $"A TXT record has at most {Advertisement.MaxText} bytes, this one has {data.Length}: leave pairs out.", nameof(text));
        }
        return data;
    }

    // The machine's own responder has the machine's name; two that answer for one name would fight.
    private static string HostOf(IReadOnlyList<KeyValuePair<string, string>> text)
    {
        const int Digits = 12;
        var id = text.FirstOrDefault(t => t.Key == "id").Value;
        var isRandom = id is { Length: >= Digits } && id.All(char.IsAsciiHexDigit);
        return "kodama-" + (isRandom ? id[..Digits] : RandomNumberGenerator.GetHexString(Digits, lowercase: true));
    }
}
