namespace Kodama.Ably;

/// <summary>A connection's place in a channel.</summary>
/// <param name="request">How it was asked for.</param>
/// <param name="room">The channel's room; null for the hub's own channels.</param>
internal sealed class Attachment(AttachRequest request, Room? room)
{
    /// <summary>How it is asked for now.</summary>
    public AttachRequest Request { get; set; } = request;

    public string Channel => Request.Channel;

    public Room? Room => room;

    /// <summary>What it may do.</summary>
    public Flags Modes { get; set; } = request.Modes;

    /// <summary>As which clients it is present; null for none. Of the thread that reads.</summary>
    public HashSet<string>? Members { get; set; }

    /// <summary>The occupancy that it was told last.</summary>
    public Occupancy? Told { get; set; }

    public bool Hears => Modes.HasFlag(Flags.Subscribe);

    public bool SeesMembers => Modes.HasFlag(Flags.PresenceSubscribe);
}
