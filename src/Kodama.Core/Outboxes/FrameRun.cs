namespace Kodama;

/// <summary>Frames that lie one after another in a chunk, and are sent as one piece.</summary>
internal struct FrameRun
{
    public FrameChunk? Chunk;
    public int Offset;
    public int Length;
    public int Frames;

    /// <summary>Whether it may be lost while it waits.</summary>
    public bool Droppable;

    /// <summary>Whether a part of what a send was given of it has left: it takes no more until it is sent.</summary>
    public bool IsPartlySent;
}
