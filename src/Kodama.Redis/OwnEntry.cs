using System.Diagnostics;

namespace Kodama.Redis;

/// <summary>An entry of this hub on its way through Redis. Guarded by its room.</summary>
internal sealed class OwnEntry(Entry entry)
{
    public Entry Entry => entry;

    /// <summary>When it was appended, by the monotonic clock.</summary>
    public long Since { get; } = Stopwatch.GetTimestamp();

    /// <summary>As which of its line it was sent; 0 while it waits.</summary>
    public long Number { get; set; }

    /// <summary>Behind what it was sent: in which epoch.</summary>
    public Position After { get; set; }

    /// <summary>Its place, where Redis has answered; 0 until then, and of transient ones.</summary>
    public long Offset { get; set; }

    /// <summary>Whether Redis has it, by its answer.</summary>
    public bool IsTaken { get; set; }

    /// <summary>Whether it was handed out.</summary>
    public bool IsHeard { get; set; }

    /// <summary>Whether it may have arrived, and Redis has not said so.</summary>
    public bool IsUnknown { get; set; }

    /// <summary>Whether its sender was told already that it is not known what became of it.</summary>
    public bool IsTold { get; set; }
}
