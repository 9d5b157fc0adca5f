using System.Diagnostics.CodeAnalysis;

namespace Kodama.Ably;

/// <summary>
/// Which entries of a room change which messages: read out of its log from the oldest message on that somebody has asked for, and what has
/// come since when it is asked (docs/specs/ably.md, E5). One at a time, as whoever edits must know what is there.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore whose handle nobody asks for has none, and a room ends by no word.")]
internal sealed class RoomEdits
{
    internal const int Most = 16 * 1024;

    /// <summary>Most annotations of one message, deletions too.</summary>
    internal const int MostOfMessage = 1000;

    private const int FewOfRoom = 64;
    private const int PageEntries = 500;
    private const long PageBytes = 1024 * 1024;

    private readonly SemaphoreSlim turn = new(1);
    private readonly Dictionary<string, Changes> bySerial = new(StringComparer.Ordinal);
    private readonly Queue<(string Serial, Changes Of, long Offset, bool IsEdit)> order = new();
    private string epoch = "";
    private long readUpTo;

    /// <summary>Behind which place the log has been read.</summary>
    internal long ReadFrom { get; private set; }

    /// <summary>Waits for one's turn, and reads what has come.</summary>
    /// <param name="room">The room.</param>
    /// <param name="message">The place of the oldest message that is asked for: what changes it stands behind it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Turn> TakeAsync(Room room, long message, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (epoch != room.Epoch) Begin(room, message);
            // All of it anew, and at least twice as far, so that who asks for one message after another does not read it each time.
            else if (message < ReadFrom) Begin(room, Math.Min(message, ReadFrom - (readUpTo - ReadFrom)));
            await CatchUpAsync(room, cancellationToken);
            return new Turn(this, room);
        }
        catch
        {
            turn.Release();
            throw;
        }
    }

    private void Begin(Room room, long message)
    {
        bySerial.Clear();
        order.Clear();
        epoch = room.Epoch;
        readUpTo = ReadFrom = Math.Clamp(message, 0, room.Offset);
    }

    private async ValueTask CatchUpAsync(Room room, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await room.ReadNotedAsync(readUpTo, PageEntries, PageBytes, cancellationToken);
            foreach (var entry in page.Entries) Note(entry);
            readUpTo = page.UpTo.Offset;
            if (!page.HasMore) break;
        }
        if (order.Count <= FewOfRoom) return;
        // What the room has let go changes nothing any more.
        var first = await room.ReadNotedAsync(0, 1, long.MaxValue, cancellationToken);
        while (first.Entries is [{ } entry] && order.TryPeek(out var oldest) && oldest.Offset < entry.Offset) Forget();
    }

    private void Note(Entry entry)
    {
        if (entry.Note is null || MessageNote.Read(entry.Note) is not { Serial: { } serial } note) return;
        if (!bySerial.TryGetValue(serial, out var changes)) bySerial[serial] = changes = new Changes();
        if (note.Annotation.IsEmpty) changes.Add(entry.Offset, note);
        else changes.Annotations.Add(Annotation.Of(entry, note));
        order.Enqueue((serial, changes, entry.Offset, note.Annotation.IsEmpty));
        if (order.Count > Most) Forget();
    }

    private void Forget()
    {
        var (oldest, of, _, isEdit) = order.Dequeue();
        if (isEdit) of.Edits.RemoveAt(0);
        else of.Annotations.RemoveAt(0);
        if (of.Edits.Count + of.Annotations.Count == 0) bySerial.Remove(oldest);
    }

    /// <summary>What has become of a message.</summary>
    internal sealed class Changes
    {
        public static readonly Changes None = new();

        /// <summary>Offsets of the entries that change it, in order.</summary>
        public List<long> Edits { get; } = [];

        /// <summary>In order.</summary>
        public List<Annotation> Annotations { get; } = [];

        /// <summary>The last change that says all there is of the message; 0 for the message itself.</summary>
        public long WholeAt { get; private set; }

        public void Add(long offset, MessageNote note)
        {
            // An append that another hub did not know of is not in it; what replaces everything needs to know nothing.
            var isPart = note.Action == MessageAction.Append || note.IsMerge;
            if (!isPart || note.Base == Edits.LastOrDefault()) WholeAt = offset;
            Edits.Add(offset);
        }
    }

    /// <summary>The time in which nobody else edits in the room, until it is disposed.</summary>
    internal readonly struct Turn(RoomEdits edits, Room room) : IDisposable
    {
        public Room Room => room;

        public Changes Of(string serial) => edits.bySerial.GetValueOrDefault(serial) ?? Changes.None;

        /// <summary>Whether any message of the room was changed.</summary>
        public bool AreSome => edits.bySerial.Count > 0;

        /// <summary>The message of this serial; null, where there is none any more.</summary>
        public async ValueTask<Entry?> FindAsync(string serial)
        {
            if (!Serial.TryParse(serial, out var position) || position.Epoch != room.Epoch || position.Offset < 1) return null;
            return await ReadAsync(position.Offset) is { } entry && HistoryWriter.IsMessage(entry)
                && Serial.Of(room.Epoch, entry.Offset, entry.Time) == serial ? entry : null;
        }

        /// <summary>The annotations of a message, as they came.</summary>
        public async ValueTask<List<Entry>> AnnotationsAsync(string serial)
        {
            var entries = new List<Entry>();
            foreach (var annotation in Of(serial).Annotations)
            {
                if (await ReadAsync(annotation.Offset) is { } entry) entries.Add(entry);
            }
            return entries;
        }

        /// <summary>The last version of a message, or the message.</summary>
        public async ValueTask<Entry> LatestAsync(string serial, Entry message)
        {
            var changes = Of(serial);
            var latest = changes.WholeAt > 0 ? await ReadAsync(changes.WholeAt) ?? message : message;
            var parts = changes.Edits.FindAll(offset => offset > changes.WholeAt);
            if (parts.Count == 0) return latest;
            var bytes = new List<byte>(latest.Payload.Bytes.ToArray());
            foreach (var offset in parts)
            {
                if (await ReadAsync(offset) is not { } part) continue;
                if (MessageNote.Read(part.Note) is { IsMerge: false } note) bytes.AddRange(part.Payload.Bytes.Span[^note.Added..]);
                latest = part;
            }
            return Whole(latest, [.. bytes]);
        }

        private static Entry Whole(Entry latest, byte[] bytes) => new Entry
        {
            Kind = latest.Kind,
            Author = latest.Author,
            Id = latest.Id,
            Event = latest.Event,
            Payload = latest.Payload.IsText ? Payload.OfText(bytes) : Payload.Of(bytes),
            Note = latest.Note,
        }.Place(latest.Offset, latest.Time);

        public ValueTask<Entry?> ReadAsync(long offset) => room.ReadAtAsync(offset);

        /// <summary>Reads what has come in this turn.</summary>
        public ValueTask CatchUpAsync() => edits.CatchUpAsync(room, CancellationToken.None);

        public void Dispose() => edits.turn.Release();
    }
}
