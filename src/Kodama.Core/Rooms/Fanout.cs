namespace Kodama;

/// <summary>The members of a room and the wire formats that they read. Guarded by the room's lock, but for <see cref="Formats"/>.</summary>
internal sealed class Fanout
{
    /// <summary>Most wire formats that peers of one room may have between them.</summary>
    internal const int MaxFormats = 16;

    private const int LeastMembers = 4;

    private Membership[] members = [];
    private int count;

    // Formats that members have, or had and none has needed the place of. Replaced when one comes into use, so that a publisher, who
    // encodes before it takes the lock, sees it.
    private Format[] formats = [];
    private Format? kept;

    public int Count => Volatile.Read(ref count);

    public Format[] Formats => Volatile.Read(ref formats);

    public ReadOnlySpan<Membership> Members => members.AsSpan(0, count);

    public Peer[] Peers => Array.ConvertAll(members[..count], static member => member.Peer);

    public void Add(Membership member)
    {
        member.Format = Use(member.Peer.Encoder);
        member.Index = count;
        if (count == members.Length) Array.Resize(ref members, Math.Max(LeastMembers, count * 2));
        members[count++] = member;
    }

    public void Remove(Membership member)
    {
        var last = members[--count];
        members[member.Index] = last;
        last.Index = member.Index;
        members[count] = null!;
        formats[member.Format].Users--;
    }

    /// <summary>Keeps a format in use, whoever is in the room, in place of the one that was kept before.</summary>
    public void Keep(IMessageEncoder encoder)
    {
        if (kept?.Encoder == encoder) return;
        var index = Use(encoder);
        if (kept is not null) kept.Users--;
        kept = formats[index];
    }

    private int Use(IMessageEncoder encoder)
    {
        var index = Array.FindIndex(formats, f => f.Encoder == encoder);
        if (index >= 0 && formats[index].Users++ > 0) return index;
        // Comes into use: counted before it is seen, so that nobody who sees this array leaves it out.
        if (index >= 0)
        {
            Volatile.Write(ref formats, [.. formats]);
            return index;
        }
        var unused = Array.FindIndex(formats, f => f.Users == 0);
        if (unused >= 0)
        {
            Format[] next = [.. formats];
            next[unused] = new Format(encoder) { Users = 1 };
            Volatile.Write(ref formats, next);
            return unused;
        }
        if (formats.Length == MaxFormats)
            throw new InvalidOperationException($"A room has peers of {MaxFormats} wire formats already; there is no place for {encoder}.");
        Volatile.Write(ref formats, [.. formats, new Format(encoder) { Users = 1 }]);
        return formats.Length - 1;
    }

    internal sealed class Format(IMessageEncoder encoder)
    {
        public IMessageEncoder Encoder => encoder;

        public bool CarriesPosition { get; } = encoder.CarriesPosition;

        /// <summary>The format, where it hands out its frames itself; else null.</summary>
        public IStreamFormat? Stream { get; } = encoder as IStreamFormat;

        /// <summary>Members that read it; written under the room's lock.</summary>
        public volatile int Users;
    }
}
