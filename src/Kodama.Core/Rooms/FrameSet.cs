using System.Runtime.CompilerServices;

namespace Kodama;

/// <summary>One message as each wire format of a room writes it.</summary>
[InlineArray(Room.MaxFormats)]
internal struct FrameSet
{
    private Frame first;
}
