namespace Kodama.Discovery;

/// <summary>A question or an answer, all of it (RFC 1035 section 4.1). Immutable.</summary>
internal sealed record DnsMessage
{
    // More than any asker has, and few enough that none costs much.
    private const int MaxQuestions = 64;

    public ushort Id { get; init; }
    public DnsFlags Flags { get; init; }
    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];
    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];

    public bool IsResponse => (Flags & DnsFlags.Response) != 0;

    /// <summary>Of a question: known answers follow in further packets (RFC 6762 section 7.2).</summary>
    public bool IsTruncated => (Flags & DnsFlags.Truncated) != 0;

    /// <summary>Whether it is one that mDNS knows; others are ignored (RFC 6762 sections 18.3 and 18.11).</summary>
    public bool IsStandard => (Flags & (DnsFlags.Opcode | DnsFlags.ResponseCode)) == 0;

    /// <summary>False, and why, if the bytes are no message. What follows a message is not looked at.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out DnsMessage message, out string? error)
    {
        message = new DnsMessage();
        var reader = new DnsReader(bytes);
        var questions = new List<DnsQuestion>();
        List<DnsRecord>[] records = [[], [], []];
        Span<ushort> counts = stackalloc ushort[4];
        var sound = reader.TryReadUInt16(out var id) & reader.TryReadUInt16(out var flags);
        for (var i = 0; sound && i < counts.Length; i++) sound = reader.TryReadUInt16(out counts[i]);
        if (sound && counts[0] > MaxQuestions)
        {
            error = $"{counts[0]} questions; at most {MaxQuestions} are read";
            return false;
        }
        for (var i = 0; sound && i < counts[0]; i++)
        {
            sound = reader.TryReadQuestion(out var question);
            if (sound) questions.Add(question!);
        }
        for (var section = 0; section < records.Length; section++)
        {
            for (var i = 0; sound && i < counts[section + 1]; i++)
            {
                sound = reader.TryReadRecord(out var record);
                if (sound) records[section].Add(record!);
            }
        }
        error = reader.Error;
        if (!sound) return false;
        message = new DnsMessage
        {
            Id = id, Flags = (DnsFlags)flags, Questions = questions,
            Answers = records[0], Authorities = records[1], Additionals = records[2],
        };
        return true;
    }
}
