namespace Kodama.Ably;

/// <summary>
/// What the doors of hubs that share their rooms tell and ask each other (docs/specs/ably.md, R7). Where there is one hub, nobody is asked.
/// What comes from others is MessagePack, and as hostile as what comes from a client.
/// </summary>
internal sealed class OtherHubs
{
    private readonly AblyHub door;
    private readonly ICluster? cluster;

    public OtherHubs(AblyHub door)
    {
        this.door = door;
        cluster = door.Hub.Cluster;
        Handle(Kind.Revoked, revoked => Take(revoked));
        Handle(Kind.Revocations, (_, writer) => WriteRevocations(writer));
        Handle(Kind.Nonce, (name, writer) => writer.Flag(name.Text is { } said && door.Tokens.Nonces.Has(said)));
        Handle(Kind.Occupancies, WriteOccupancies);
        Handle(Kind.Changes, (name, writer) => WriteChanges(writer, name.Text is { } said ? door.Hub.FindRoom(said) : null));
        Handle(Kind.Rooms, (_, writer) => WriteRooms(writer));
    }

    // Of the kinds of doors these are Ably's.
    private enum Kind : byte
    {
        Revoked = 96,
        Revocations,
        Nonce,
        Occupancies,
        Changes,
        Rooms,
    }

    /// <summary>Whether there are any, or may be.</summary>
    public bool AreSome => cluster is not null;

    /// <summary>These tokens count no more, at others either.</summary>
    public void Tell(IReadOnlyCollection<Revocation> revoked)
    {
        if (cluster is null || revoked.Count == 0) return;
        using var writer = WireWriter.Rent(WireFormat.MessagePack);
        writer.StartArray();
        foreach (var one in revoked) one.Write(writer);
        cluster.Tell((byte)Kind.Revoked, writer.End().Written.ToArray());
    }

    /// <summary>Takes over which tokens count no more at others.</summary>
    public async Task LearnRevocationsAsync()
    {
        foreach (var answer in await AskAsync(Kind.Revocations, static writer => writer.Null())) Take(answer);
    }

    /// <summary>Whether a token request with this nonce was heeded elsewhere.</summary>
    public async ValueTask<bool> KnowNonceAsync(string name) =>
        (await AskAsync(Kind.Nonce, writer => writer.Text(name))).Exists(static answer => answer.Kind == WireKind.True);

    /// <summary>How many are in rooms, at all hubs.</summary>
    /// <param name="counted">By room, how it is here; what others have is added.</param>
    public async ValueTask AddOccupanciesAsync(Dictionary<string, Occupancy> counted)
    {
        if (counted.Count == 0) return;
        string[] rooms = [.. counted.Keys];
        var answers = await AskAsync(Kind.Occupancies, writer =>
        {
            writer.StartArray();
            foreach (var room in rooms) writer.Text(room);
            writer.End();
        });
        foreach (var answer in answers)
        {
            foreach (var (room, numbers) in rooms.Zip(answer.Elements)) counted[room] = counted[room].And(Occupancy.Read(numbers));
        }
    }

    /// <summary>The last changes of a room's members, in order, as any hub has them.</summary>
    public async ValueTask<IReadOnlyCollection<PastChange>> ChangesAsync(Room room)
    {
        var changes = new SortedDictionary<(long Time, long Offset), PastChange>();
        var answers = await AskAsync(Kind.Changes, writer => writer.Text(room.Name));
        var others = answers.SelectMany(static answer => answer.Elements.Take(PresenceHistory.MostOfRoom)).Select(PastChange.Read);
        foreach (var change in door.History.Of(room).Select(change => PastChange.Of(room, change)).Concat(others.OfType<PastChange>()))
            changes.TryAdd((change.Time, change.Offset), change);
        return [.. changes.Values.TakeLast(PresenceHistory.MostOfRoom)];
    }

    /// <summary>The names of rooms that others have open.</summary>
    public async ValueTask<IEnumerable<string>> RoomsAsync() =>
        (await AskAsync(Kind.Rooms, static writer => writer.Null()))
            .SelectMany(static answer => answer.Elements).Select(static name => name.Text).OfType<string>();

    private void Take(WireElement revoked)
    {
        foreach (var element in revoked.Elements)
        {
            if (Revocation.Read(element) is { } one && door.Apps.FindKey(one.KeyName) is { IsRevocable: true } key
                && key.App.Revocations.TryAdd(one) == true)
                door.CheckTokens(one.AppliesAt);
        }
    }

    private void WriteRevocations(WireWriter writer)
    {
        writer.StartArray();
        foreach (var app in door.Apps.All)
        {
            foreach (var revocation in app.Revocations.All) revocation.Write(writer);
        }
        writer.End();
    }

    private void WriteOccupancies(WireElement rooms, WireWriter writer)
    {
        writer.StartArray();
        foreach (var name in rooms.Elements) Occupancy.Of(name.Text is { } said ? door.Hub.FindRoom(said) : null).WriteNumbers(writer);
        writer.End();
    }

    private void WriteChanges(WireWriter writer, Room? room)
    {
        writer.StartArray();
        foreach (var change in room is null ? [] : door.History.Of(room)) PastChange.Of(room!, change).WriteWhole(writer);
        writer.End();
    }

    private void WriteRooms(WireWriter writer)
    {
        writer.StartArray();
        foreach (var room in door.Hub.Rooms)
        {
            if (writer.Written.Length < ICluster.MostBytes - RoomName.MaxLength * 4) writer.Text(room.Name);
        }
        writer.End();
    }

    private void Handle(Kind kind, Action<WireElement> take) => cluster?.Handle((byte)kind, (_, what) =>
    {
        take(Read(what));
        return default;
    });

    private void Handle(Kind kind, Action<WireElement, WireWriter> answer) => cluster?.Handle((byte)kind, (_, what) =>
    {
        using var writer = WireWriter.Rent(WireFormat.MessagePack);
        answer(Read(what), writer);
        return new(writer.Written.ToArray());
    });

    private async ValueTask<List<WireElement>> AskAsync(Kind kind, Action<WireWriter> ask)
    {
        if (cluster is null) return [];
        byte[] question;
        using (var writer = WireWriter.Rent(WireFormat.MessagePack))
        {
            ask(writer);
            question = writer.Written.ToArray();
        }
        return (await cluster.AskAsync((byte)kind, question)).Answers.Select(static answer => Read(answer.What)).ToList();
    }

    private static WireElement Read(ReadOnlyMemory<byte> what) => WireDocument.Read(what, WireFormat.MessagePack)?.Root ?? default;
}
