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
    public void Encode(Fanout.Format[] seen, Fanout.Format[] before, in Message message, Room room, Entry? change)
    {
        for (var i = 0; i < seen.Length; i++)
        {
            ref var frame = ref this[i];
            if (i < before.Length && before[i] != seen[i])
            {
                frame.Release();
                frame = default;
            }
            if (!frame.IsEmpty || seen[i].Users == 0) continue;
            frame = change is null ? seen[i].Encoder.Encode(message) : seen[i].Encoder.Encode(room, change);
        }
    }

    public void Release()
    {
        foreach (ref readonly var frame in this) frame.Release();
    }
}
