namespace Kodama.Client.Protocol;

/// <summary>What a frame of the hub is (docs/specs/kodama.v1.md).</summary>
internal enum FrameType
{
    Unknown,
    Hello,
    Ok,
    Error,
    Joined,
    Left,
    Message,
    Presence,
    State,
    Mark,
    History,
    Cluster,
}
