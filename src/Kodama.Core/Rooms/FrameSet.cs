using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>One message or change as each wire format of a room writes it.</summary>
[InlineArray(Fanout.MaxFormats)]
internal struct FrameSet
{
    private Frame first;

    /// <summary>Encodes for every format in use what is not encoded yet.</summary>
    /// <param name="seen">The formats.</param>
    /// <param name="before">Those of the time before: what they wrote is kept where they are the same.</param>
    /// <param name="message">What to write, where there is no change.</param>
    /// <param name="room">The change's room.</param>
    /// <param name="change">What to write, or null for the message.</param>
    /// <param name="isKept">Whether it is handed out in any case: the frame of a format that cannot write it stays empty.</param>
    /// <returns>Why a format cannot write it; null where all can.</returns>
    public Exception? Encode(Fanout.Format[] seen, Fanout.Format[] before, in Message message, Room room, Entry? change, bool isKept)
    {
        Exception? failure = null;
        for (var i = 0; i < seen.Length; i++)
        {
            ref var frame = ref this[i];
            if (i < before.Length && before[i] != seen[i])
            {
                frame.Release();
                frame = default;
            }
            if (!frame.IsEmpty || seen[i].Users == 0) continue;
            if ((change is null ? message.Note : change.Note) is { IsAside: true } && !seen[i].Encoder.ReadsNotes) continue;
            try
            {
                frame = change is null ? seen[i].Encoder.Encode(message) : seen[i].Encoder.Encode(room, change);
            }
            catch (Exception exception) when (isKept)
            {
                failure ??= exception;
            }
        }
        return failure;
    }

    /// <summary>Fills the holes of formats that carry positions.</summary>
    public void Place(Fanout.Format[] formats, long offset, DateTimeOffset time)
    {
        for (var i = 0; i < formats.Length; i++)
        {
            if (formats[i].CarriesPosition && !this[i].IsEmpty) formats[i].Encoder.Place(this[i].Span, offset, time);
        }
    }

    public void Release()
    {
        foreach (ref readonly var frame in this) frame.Release();
    }
}
