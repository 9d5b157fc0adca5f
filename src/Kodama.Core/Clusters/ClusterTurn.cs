namespace Kodama;

/// <summary>What has become of something that hubs count together.</summary>
public enum ClusterTurn
{
    /// <summary>Nothing, or another hub has learned it.</summary>
    None,

    /// <summary>There is some of it, where there was none.</summary>
    Begun,

    /// <summary>There is none of it any more.</summary>
    Ended,
}
