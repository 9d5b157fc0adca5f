namespace Kodama.Chaos;

/// <summary>The rooms of a run.</summary>
internal static class ChaosRooms
{
    /// <summary>Where everybody speaks, and everything is kept.</summary>
    public const string Hall = "hall";

    /// <summary>Where only the run speaks, and little is kept.</summary>
    public const string Brook = "brook";

    /// <summary>How many messages of the brook are kept.</summary>
    public const int KeptOfBrook = 10;
}
