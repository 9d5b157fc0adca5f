namespace Kodama.Server;

/// <summary>What a client asks for; <see cref="None"/> for what the hub does not know.</summary>
internal enum V1RequestType
{
    None,
    Hello,
    Join,
    Leave,
    Publish,
    History,
    Enter,
    Exit,
    Members,
    Set,
    Remove,
    State,
    Send,
    Ping,
}
