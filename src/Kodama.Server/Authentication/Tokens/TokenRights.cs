namespace Kodama.Server;

/// <summary>What a person's token lets do in its rooms.</summary>
public enum TokenRights
{
    /// <summary>Hear, and read what was said.</summary>
    Read,

    /// <summary>All that one can do in a room.</summary>
    Write,

    /// <summary>That, and run the hub, as with <see cref="KodamaOptions.AdminToken"/>.</summary>
    Admin,
}
