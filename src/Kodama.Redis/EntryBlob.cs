using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace Kodama.Redis;

/// <summary>
/// An entry as Redis keeps it, who does not look into it. A byte of form, kind, action and flags, and then what the flags say: texts and
/// bytes behind their lengths (7 bits a byte, the lowest first). The place stands outside.
/// </summary>
/// <remarks>Whoever may write to Redis may write anything here: what cannot be read is no entry.</remarks>
internal static class EntryBlob
{
    private const byte Form = 1;

    // The same, with a note behind the head: whether it is an aside, and its bytes behind their length.
    private const byte NotedForm = 2;
    private const int MostParts = 1 << 20;

    private static readonly ConditionalWeakTable<Author, byte[]> Written = [];

    [Flags]
    private enum Has : byte
    {
        None = 0,
        Author = 1,
        Id = 2,
        Event = 4,
        Key = 8,
        Except = 16,
        Attachments = 32,
        Bound = 64,
        Transient = 128,
    }

    /// <summary>Writes one.</summary>
    /// <param name="entry">Which.</param>
    /// <param name="before">What stands before it.</param>
    public static byte[] Write(Entry entry, ReadOnlySpan<byte> before = default)
    {
        var attachments = entry.Payload.Attachments;
        var isDefault = entry.Kind == EntryKind.Message && entry.Event == Message.DefaultEvent;
        var has = (entry.Author is null ? Has.None : Has.Author) | (entry.Id is null ? Has.None : Has.Id)
            | (isDefault || entry.Event.Length == 0 ? Has.None : Has.Event) | (entry.Key is null ? Has.None : Has.Key)
            | (entry.Except is null ? Has.None : Has.Except) | (attachments.Count == 0 ? Has.None : Has.Attachments)
            | (entry.IsBound ? Has.Bound : Has.None) | (entry.IsTransient ? Has.Transient : Has.None);
        var buffer = new ArrayBufferWriter<byte>(entry.Payload.Bytes.Length + 128);
        buffer.Write(before);
        buffer.Write([entry.Note is null ? Form : NotedForm, (byte)entry.Kind, (byte)entry.Action, (byte)entry.Payload.Kind, (byte)has]);
        if (entry.Note is { } note)
        {
            Write(buffer, note.IsAside ? 1 : 0);
            Write(buffer, note.Bytes.Span);
        }
        if (entry.Author is { } author) buffer.Write(Written.GetValue(author, static of => Write(of)));
        if (entry.Id is not null) Write(buffer, entry.Id);
        if (has.HasFlag(Has.Event)) Write(buffer, entry.Event);
        if (entry.Key is not null) Write(buffer, entry.Key);
        if (entry.Except is { } except)
        {
            Write(buffer, except.Count);
            foreach (var id in except) Write(buffer, id);
        }
        if (attachments.Count > 0)
        {
            Write(buffer, attachments.Count);
            foreach (var attachment in attachments) Write(buffer, attachment.Span);
        }
        buffer.Write(entry.Payload.Bytes.Span);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads one.</summary>
    /// <param name="bytes">As <see cref="Write(Entry, ReadOnlySpan{byte})"/> has made it.</param>
    /// <param name="last">Who said what was read last: mostly it is the same one, who is kept once then.</param>
    /// <returns>Null, where it is none.</returns>
    public static Entry? Read(ReadOnlySpan<byte> bytes, Author? last = null)
    {
        if (bytes.Length < 5 || bytes[0] is not (Form or NotedForm) || bytes[1] > (byte)EntryKind.State
            || bytes[2] > (byte)EntryAction.Remove || bytes[3] > (byte)PayloadKind.Arguments)
        {
            return null;
        }
        var (kind, action, payloadKind, has) = ((EntryKind)bytes[1], (EntryAction)bytes[2], (PayloadKind)bytes[3], (Has)bytes[4]);
        var reader = new Reader(bytes[5..]);
        var note = bytes[0] == NotedForm ? ReadNote(ref reader) : null;
        var author = has.HasFlag(Has.Author) ? ReadAuthor(ref reader, last) : null;
        var id = has.HasFlag(Has.Id) ? reader.Text() : null;
        var eventName = has.HasFlag(Has.Event) ? reader.Text() : kind == EntryKind.Message ? Message.DefaultEvent : "";
        var key = has.HasFlag(Has.Key) ? reader.Text() : null;
        var except = has.HasFlag(Has.Except) ? ReadSet(ref reader) : null;
        var attachments = has.HasFlag(Has.Attachments) ? ReadList(ref reader) : null;
        if (reader.HasFailed || key is null != (kind == EntryKind.Message)) return null;
        var payload = reader.Rest.ToArray();
        return new Entry
        {
            Kind = kind,
            Action = action,
            Author = author,
            Id = id,
            Event = eventName,
            Key = key,
            Note = note,
            Except = except,
            IsBound = has.HasFlag(Has.Bound),
            IsTransient = has.HasFlag(Has.Transient),
            Payload = payloadKind switch
            {
                PayloadKind.Text => Payload.OfText(payload),
                PayloadKind.Binary => Payload.Of(payload),
                _ => Payload.Arguments(payload, attachments),
            },
        };
    }

    private static byte[] Write(Author author)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var inner = new ArrayBufferWriter<byte>();
        Write(inner, author.Id);
        Write(inner, author.Details.Count);
        foreach (var (name, value) in author.Details)
        {
            Write(inner, name);
            Write(inner, value);
        }
        Write(buffer, inner.WrittenSpan);
        return buffer.WrittenSpan.ToArray();
    }

    private static Author? ReadAuthor(ref Reader reader, Author? last)
    {
        var bytes = reader.Bytes();
        if (reader.HasFailed) return null;
        if (last is not null && Written.TryGetValue(last, out var known) && known.AsSpan().EndsWith(bytes)
            && known.Length - bytes.Length is var length && length is > 0 and <= 5)
        {
            return last;
        }
        var inner = new Reader(bytes);
        var id = inner.Text();
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = inner.Count(); left > 0 && !inner.HasFailed; left--) details[inner.Text()] = inner.Text();
        if (inner.HasFailed) reader.Fail();
        var author = new Author(id, details);
        Written.TryAdd(author, Write(author));
        return author;
    }

    private static Note ReadNote(ref Reader reader)
    {
        var isAside = reader.Count() == 1;
        return new Note(reader.Bytes().ToArray(), isAside);
    }

    private static HashSet<string> ReadSet(ref Reader reader)
    {
        var set = new HashSet<string>(StringComparer.Ordinal);
        for (var left = reader.Count(); left > 0 && !reader.HasFailed; left--) set.Add(reader.Text());
        return set;
    }

    private static List<ReadOnlyMemory<byte>> ReadList(ref Reader reader)
    {
        var list = new List<ReadOnlyMemory<byte>>();
        for (var left = reader.Count(); left > 0 && !reader.HasFailed; left--) list.Add(reader.Bytes().ToArray());
        return list;
    }

    private static void Write(ArrayBufferWriter<byte> buffer, int number)
    {
        var span = buffer.GetSpan(5);
        var length = 0;
        for (var left = (uint)number; ; left >>= 7)
        {
            span[length++] = (byte)(left < 0x80 ? left : left | 0x80);
            if (left < 0x80) break;
        }
        buffer.Advance(length);
    }

    private static void Write(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> bytes)
    {
        Write(buffer, bytes.Length);
        buffer.Write(bytes);
    }

    private static void Write(ArrayBufferWriter<byte> buffer, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Write(buffer, length);
        buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(length)));
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> rest = bytes;

        public bool HasFailed { get; private set; }

        public readonly ReadOnlySpan<byte> Rest => rest;

        public void Fail()
        {
            HasFailed = true;
            rest = default;
        }

        public int Count()
        {
            var count = Number();
            if (count <= Math.Min(MostParts, rest.Length)) return count;
            Fail();
            return 0;
        }

        public ReadOnlySpan<byte> Bytes()
        {
            var length = Number();
            if (length > rest.Length)
            {
                Fail();
                return default;
            }
            var bytes = rest[..length];
            rest = rest[length..];
            return bytes;
        }

        public string Text() => Encoding.UTF8.GetString(Bytes());

        private int Number()
        {
            var number = 0u;
            for (var shift = 0; shift < 35 && rest.Length > 0; shift += 7)
            {
                var part = rest[0];
                rest = rest[1..];
                number |= (uint)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    if (number <= int.MaxValue) return (int)number;
                    break;
                }
            }
            Fail();
            return 0;
        }
    }
}
