using System.Collections.Concurrent;
using System.Net;

namespace Kodama.SocketIO;

/// <summary>
/// What the Socket.IO servers of several hubs tell and ask each other (docs/specs/cluster.md, "Socket.IO's operators"). One for a hub.
/// Thread-safe.
/// </summary>
internal sealed class SocketIONeighbours
{
    // Leaves room for the last one.
    private const int MostWritten = ICluster.MostBytes - (256 * 1024);

    // What stands before and behind each socket of an answer.
    private const long One = 1;
    private const long End = 0;
    private const long Cut = 2;

    private readonly ICluster cluster;
    private readonly SocketIOServers servers;
    private readonly ConcurrentDictionary<long, PendingAck> asking = new();
    private long lastAsked;

    public SocketIONeighbours(ICluster cluster, SocketIOServers servers)
    {
        (this.cluster, this.servers) = (cluster, servers);
        Handle(DoorTelling.Emit, (_, what) => Emit(what));
        Handle(DoorTelling.Ask, Ask);
        Handle(DoorTelling.Acknowledged, Acknowledged);
        Handle(DoorTelling.Move, (_, what) => Move(what));
        Handle(DoorTelling.Fetch, (_, what) => Fetch(what));
        Handle(DoorTelling.ServerSide, (from, what) => ServerSide(from, what, isAsked: false));
        Handle(DoorTelling.AskServers, (from, what) => ServerSide(from, what, isAsked: true));
        Handle(DoorTelling.Take, (_, what) => Take(what));
        cluster.Changed += LetGoOfTheDead;
    }

    /// <summary>An event for those of the audience that are at other hubs.</summary>
    /// <exception cref="ArgumentException">It is larger than what one hub tells another.</exception>
    public void Emit(in Audience to, in Call call)
    {
        using var said = Begin(to).Add(call.Event).Add(call.Arguments);
        if (call.Ack is { } ack) Ask(DoorTelling.Ask, said, ack, call.Event);
        else cluster.Tell((byte)DoorTelling.Emit, Checked(said, call.Event));
    }

    /// <summary>The same for the program there, at this namespace.</summary>
    /// <exception cref="ArgumentException">It is larger than what one hub tells another.</exception>
    public void EmitServerSide(SocketIONamespace space, in Call call)
    {
        using var said = Begin(new Audience(space)).Add(call.Event).Add(call.Arguments);
        if (call.Ack is { } ack) Ask(DoorTelling.AskServers, said, ack, call.Event);
        else cluster.Tell((byte)DoorTelling.ServerSide, Checked(said, call.Event));
    }

    /// <summary>Has sockets at other hubs join rooms, leave them, or end.</summary>
    public void Move(in Audience to, SocketMove move, ReadOnlySpan<string> rooms)
    {
        using var said = Begin(to).Add((long)move).Add(rooms.ToArray());
        cluster.Tell((byte)DoorTelling.Move, Checked(said, $"{move}"));
    }

    /// <summary>The sockets of the audience at other hubs, and which of these have not answered, or not with all.</summary>
    public async Task<(List<RemoteSocket> Sockets, List<string> Missing)> FetchAsync(Audience to)
    {
        using var said = Begin(to);
        var answers = await cluster.AskAsync((byte)DoorTelling.Fetch, said.Written).ConfigureAwait(false);
        var sockets = new List<RemoteSocket>();
        var missing = answers.Missing.ToList();
        foreach (var (hub, what) in answers.Answers)
        {
            if (!TryRead(what, to.Space, sockets)) missing.Add(hub);
        }
        return (sockets, missing);
    }

    /// <summary>How the socket with this secret is at another hub, who has it no more if it is away.</summary>
    public async ValueTask<(bool IsRefused, ReadOnlyMemory<byte>? Away)> TakeAsync(SocketIONamespace space, string pid, string owner)
    {
        using var said = Begin(new Audience(space)).Add(pid).Add(owner);
        var answers = await cluster.AskAsync((byte)DoorTelling.Take, said.Written, static answer => answer.Length > 0)
            .ConfigureAwait(false);
        var found = answers.Answers.Select(static answer => answer.What).FirstOrDefault(static what => what.Length > 0);
        return (found.Length == 1, found.Length > 1 ? found : (ReadOnlyMemory<byte>?)null);
    }

    /// <summary>Tells who asked that one has acknowledged; null, that it will not.</summary>
    public void Acknowledge(string hub, long number, in Payload? answer)
    {
        using var said = new TellingWriter().Add(number).Add(answer is null ? 0L : 1L);
        if (answer is { } payload) said.Add(payload);
        if (said.Written.Length <= ICluster.MostBytes) cluster.Tell((byte)DoorTelling.Acknowledged, said.Written, hub);
        else Acknowledge(hub, number, answer: null);
    }

    private void Handle(DoorTelling kind, Func<string, ReadOnlyMemory<byte>, ReadOnlyMemory<byte>?> handler) =>
        cluster.Handle((byte)kind, (from, what) => new(handler(from, what)));

    private static TellingWriter Begin(in Audience to)
    {
        var server = to.Space.Server;
        return new TellingWriter().Add(server.Options.Path.TrimEnd('/')).Add(to.Space.Name).Add((long)server.PlaceOf(to.Space))
            .Add(to.Rooms).Add(to.Except).Add((to.IsVolatile ? 1L : 0L) + (to.IsStreamed ? 2L : 0L));
    }

    private static ReadOnlyMemory<byte> Checked(TellingWriter said, string what)
    {
        if (said.Written.Length <= ICluster.MostBytes) return said.Written;
        throw new ArgumentException(
            $"\"{what}\" takes {said.Written.Length} bytes: one hub tells another at most {ICluster.MostBytes} at once. Send less, or by "
                + "one room.");
    }

    private void Ask(DoorTelling kind, TellingWriter said, PendingAck ack, string what)
    {
        var number = Interlocked.Increment(ref lastAsked);
        var question = Checked(said.Add(number).Add((long)ack.Patience.TotalMilliseconds), what);
        asking[number] = ack;
        ack.AskElsewhere(() => asking.TryRemove(number, out _));
        _ = ExpectAsync(ack, cluster.AskAsync((byte)kind, question));
    }

    private static async Task ExpectAsync(PendingAck ack, Task<ClusterAnswers> asked)
    {
        var answers = await asked.ConfigureAwait(false);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var missing = answers.Missing.ToList();
        foreach (var (hub, what) in answers.Answers)
        {
            // It has no such server, or is of another version.
            if (what.Length != sizeof(long)) missing.Add(hub);
            else counts[hub] = (int)Math.Clamp(new TellingReader(what.Span).Number(), 0, int.MaxValue / 64);
        }
        ack.Expect(counts, missing);
    }

    private void LetGoOfTheDead()
    {
        if (asking.IsEmpty) return;
        var alive = cluster.Hubs.Select(static hub => hub.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var ack in asking.Values) ack.Lose(alive);
    }

    private Audience? Read(ref TellingReader reader)
    {
        var (path, name, place) = (reader.Text(), reader.Text(), reader.Number());
        var (rooms, except, flags) = (reader.Texts(), reader.Texts(), reader.Number());
        if (servers.Find(path)?.FindSpace(name, place) is not { } space) return null;
        return new Audience(space)
        {
            Rooms = [.. rooms],
            Except = [.. except],
            IsVolatile = (flags & 1) != 0,
            IsStreamed = (flags & 2) != 0,
            IsLocal = true,
        };
    }

    private ReadOnlyMemory<byte>? Emit(ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        if (Read(ref reader) is { } to) to.Space.Sending.Send(to, new Call(EventIn(ref reader), reader.Payload()));
        return null;
    }

    private ReadOnlyMemory<byte>? Ask(string from, ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        if (Read(ref reader) is not { } to) return Written(0);
        var (name, arguments, number) = (EventIn(ref reader), reader.Payload(), reader.Number());
        var asked = new RemoteAck(to with { AckTimeout = Patience(reader.Number()) }, this, from, number);
        to.Space.Sending.Send(to, new Call(name, arguments, asked));
        _ = asked.WaitAsync();
        return Written(asked.Asked);
    }

    private ReadOnlyMemory<byte>? Acknowledged(string from, ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        if (!asking.TryGetValue(reader.Number(), out var ack)) return null;
        ack.AnsweredBy(from, reader.Number() == 0 ? (Payload?)null : reader.Payload());
        return null;
    }

    private ReadOnlyMemory<byte>? Move(ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        if (Read(ref reader) is not { } to) return null;
        var (move, rooms) = ((SocketMove)reader.Number(), reader.Texts().ToArray());
        foreach (var socket in to.Space.Sending.Select(to))
        {
            try
            {
                socket.Do(move, rooms);
            }
            catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
            {
                SocketIOLog.MoveFailed(to.Space.Server.Logger, move, socket.Id, to.Space.Name, exception);
            }
        }
        return null;
    }

    private ReadOnlyMemory<byte>? ServerSide(string from, ReadOnlyMemory<byte> what, bool isAsked)
    {
        var reader = new TellingReader(what.Span);
        if (Read(ref reader) is not { } to) return isAsked ? Written(0) : null;
        var (name, arguments) = (reader.Text(), reader.Payload());
        Action<Payload?>? acknowledge = null;
        if (isAsked)
        {
            var number = reader.Number();
            acknowledge = answer => Acknowledge(from, number, answer);
        }
        var isHandled = to.Space.TryTellServerSide(new ServerSideEvent(to.Space, name, arguments, acknowledge));
        return isAsked ? Written(isHandled ? 1 : 0) : null;
    }

    private ReadOnlyMemory<byte>? Fetch(ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        using var said = new TellingWriter();
        var end = End;
        if (Read(ref reader) is { } to)
        {
            foreach (var socket in to.Space.Sending.Select(to))
            {
                if (said.Written.Length > MostWritten)
                {
                    end = Cut;
                    break;
                }
                var (data, handshake) = (PlainData.Write(socket.KeptData), socket.Handshake);
                said.Add(One).Add(socket.Namespace.Name).Add(socket.Id).Add(socket.Rooms).Add(Texts(data)).Add(handshake.Url)
                    .Add(handshake.Time.UtcTicks).Add($"{handshake.Address}")
                    .Add((handshake.Secure ? 1 : 0) + (handshake.CrossDomain ? 2 : 0))
                    .Add(Texts(handshake.Headers)).Add(handshake.AuthJson.Span);
            }
        }
        return said.Add(end).Written.ToArray();
    }

    private ReadOnlyMemory<byte>? Take(ReadOnlyMemory<byte> what)
    {
        var reader = new TellingReader(what.Span);
        if (Read(ref reader)?.Space.Recovery?.Sessions is not { } sessions) return null;
        var (isRefused, away) = sessions.GiveAway(reader.Text(), reader.Text());
        return isRefused ? new byte[1] : away;
    }

    private static bool TryRead(ReadOnlyMemory<byte> what, SocketIONamespace space, List<RemoteSocket> sockets)
    {
        try
        {
            var reader = new TellingReader(what.Span);
            while (true)
            {
                var next = reader.Number();
                if (next != One) return next == End;
                var owner = space.IsParent ? space.Server.Of(reader.Text()) : Skip(ref reader, space);
                var (id, rooms, data) = (reader.Text(), reader.Texts(), PlainData.Read(Pairs(reader.Texts())));
                var (url, time, address, flags) = (reader.Text(), reader.Number(), reader.Text(), reader.Number());
                var headers = Pairs(reader.Texts()).ToDictionary(
                    static one => one.Key, static one => one.Value ?? "", StringComparer.OrdinalIgnoreCase);
                var request = HandshakeRequest.Of(
                    url, new DateTimeOffset(time, TimeSpan.Zero), IPAddress.TryParse(address, out var from) ? from : null,
                    isSecure: (flags & 1) != 0, isCrossDomain: (flags & 2) != 0, headers);
                sockets.Add(new RemoteSocket(owner, id, rooms, data, new HandshakeInfo(request, reader.Bytes())));
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException or FormatException)
        {
            // Another version, or nobody's word: it is as if it had not answered.
            return false;
        }
    }

    private static SocketIONamespace Skip(ref TellingReader reader, SocketIONamespace space)
    {
        reader.Text();
        return space;
    }

    // A null is a name without a value: the next one begins with a letter too.
    private static List<string> Texts<T>(IEnumerable<KeyValuePair<string, T>> pairs) =>
        [.. pairs.SelectMany(static pair => new[] { pair.Key, pair.Value is null ? "" : $"{pair.Value}" })];

    private static IEnumerable<KeyValuePair<string, string?>> Pairs(List<string> texts) =>
        texts.Chunk(2).Where(static pair => pair.Length == 2)
            .Select(static pair => KeyValuePair.Create(pair[0], pair[1].Length == 0 ? null : pair[1]));

    private static string EventIn(ref TellingReader reader)
    {
        var name = reader.Text();
        return ReservedEvents.Contains(name) ? throw new InvalidDataException($"\"{name}\" is a reserved event.") : name;
    }

    private static TimeSpan Patience(long milliseconds) =>
        milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Min(milliseconds, int.MaxValue));

    private static ReadOnlyMemory<byte> Written(int count)
    {
        using var said = new TellingWriter();
        return said.Add((long)count).Written.ToArray();
    }

    /// <summary>Of whom another hub asks: it is told each acknowledgement as it comes.</summary>
    private sealed class RemoteAck(Audience to, SocketIONeighbours neighbours, string hub, long number) : PendingAck(to)
    {
        public int Asked => Expected;

        public Task<bool> WaitAsync() => WaitAsync(CancellationToken.None);

        protected override void Take(in Packet packet) =>
            neighbours.Acknowledge(hub, number, Payload.Arguments(packet.Data, packet.Attachments));

        protected override void NotAnswered() => neighbours.Acknowledge(hub, number, answer: null);
    }
}
