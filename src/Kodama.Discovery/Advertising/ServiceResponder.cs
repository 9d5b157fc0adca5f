using System.Net;

namespace Kodama.Discovery;

/// <summary>One service under one name on all links: a conflict on any of them renames it on all. Thread-safe.</summary>
internal sealed class ServiceResponder : IMulticastListener, IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<IMulticastLink, LinkResponder> links = [];
    private readonly List<TaskCompletionSource> waiting = [];
    private readonly ConflictRate conflicts = new();
    private readonly IReadOnlyCollection<IPAddress> addresses;
    private readonly Random random;
    private readonly Agenda agenda;
    private readonly Action<string> renamed;
    private readonly Action<DiscoveryError> failed;
    private Registration registration;
    private string? newName;
    private bool stopped;

    /// <param name="registration">What to advertise.</param>
    /// <param name="addresses">Which of the machine's addresses are told; all if empty.</param>
    /// <param name="time">Where the time comes from.</param>
    /// <param name="random">For delays; used under the lock only.</param>
    /// <param name="renamed">Called without the lock, with the new name.</param>
    /// <param name="failed">Called under the lock or without it; must not wait.</param>
    public ServiceResponder(
        Registration registration, IReadOnlyCollection<IPAddress> addresses, TimeProvider time, Random random,
        Action<string> renamed, Action<DiscoveryError> failed)
    {
        (this.registration, this.addresses, this.random, this.renamed, this.failed) = (registration, addresses, random, renamed, failed);
        agenda = new Agenda(time, () => Run(agenda!.RunDue));
    }

    public string Name
    {
        get
        {
            lock (gate) return registration.InstanceLabel;
        }
    }

    /// <summary>How many packets were no DNS messages.</summary>
    public long BadPackets { get; private set; }

    public Task WhenAnnouncedAsync()
    {
        lock (gate)
        {
            if (stopped) return Task.FromException(new ObjectDisposedException(nameof(Advertiser)));
            if (IsAnnounced_NeedsLock()) return Task.CompletedTask;
            var announced = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Add(announced);
            return announced.Task;
        }
    }

    public void Update(TxtData text) => Run(() =>
    {
        if (text.Equals(registration.Text)) return;
        registration = registration.With(text);
        foreach (var (link, responder) in links) responder.Update(RecordsOf(link));
    });

    /// <summary>Says goodbye on all links; nothing is sent any more.</summary>
    public void Stop() => Run(() =>
    {
        stopped = true;
        foreach (var responder in links.Values) responder.SayGoodbye();
        links.Clear();
        foreach (var announced in waiting) announced.TrySetException(new ObjectDisposedException(nameof(Advertiser)));
        waiting.Clear();
    });

    public void Dispose() => agenda.Dispose();

    public void LinkUp(IMulticastLink link) => LinkChanged(link);

    // Where none of the addresses to be told is, nobody could come.
    public void LinkChanged(IMulticastLink link) => Run(() =>
    {
        var known = links.TryGetValue(link, out var responder);
        if (!OwnRecords.AddressesOf(link.Interface, addresses).Any())
        {
            responder?.SayGoodbye();
            links.Remove(link);
        }
        else if (known)
        {
            responder!.Update(RecordsOf(link));
        }
        else
        {
            links.Add(link, responder = new LinkResponder(this, link, agenda, random, RecordsOf(link)));
            responder.Probe(TimeSpan.Zero);
        }
    });

    public void LinkDown(IMulticastLink link) => Run(() =>
    {
        if (links.Remove(link, out var responder)) responder.Silence();
    });

    public void Resumed() => Run(() =>
    {
        foreach (var responder in links.Values) responder.Probe(TimeSpan.Zero);
    });

    public void Received(IMulticastLink link, MulticastPacket packet)
    {
        if (!packet.ToMulticast && !link.Interface.IsOnLink(packet.Source.Address)) return;
        var sound = DnsMessage.TryRead(packet.Bytes.Span, out var message, out _);
        Run(() =>
        {
            if (!sound) BadPackets++;
            else if (message.IsStandard && links.TryGetValue(link, out var responder)) responder.Receive(message, packet);
        });
    }

    public void Failed(DiscoveryError error) => failed(error);

    /// <summary>Whether we say this ourselves, on whichever link: where two lead to one network, we hear ourselves.</summary>
    internal bool IsOurs(DnsRecord record) => links.Values.Any(l => l.Records.Find(record) is not null);

    /// <summary>A name is another's. Under the lock.</summary>
    internal void Rename(TakenName taken)
    {
        registration = registration.Without(taken);
        if (taken == TakenName.Instance) newName = registration.InstanceLabel;
        var pause = conflicts.Count(agenda.Now);
        foreach (var (link, responder) in links) responder.Rename(RecordsOf(link), pause);
    }

    /// <summary>A name that was won is said by another as well. Under the lock.</summary>
    internal void ProbeAgain(LinkResponder responder) => responder.Probe(conflicts.Count(agenda.Now));

    private OwnRecords RecordsOf(IMulticastLink link) => new(registration, OwnRecords.AddressesOf(link.Interface, addresses));

    private bool IsAnnounced_NeedsLock() => links.Count > 0 && links.Values.All(l => l.IsAnnounced);

    private void Run(Action action)
    {
        string? name;
        lock (gate)
        {
            if (stopped) return;
            action();
            (name, newName) = (newName, null);
            if (waiting.Count > 0 && IsAnnounced_NeedsLock())
            {
                foreach (var announced in waiting) announced.TrySetResult();
                waiting.Clear();
            }
        }
        if (name is not null) renamed(name);
    }
}
