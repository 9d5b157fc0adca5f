namespace Kodama.Chaos;

/// <summary>All clients of a kind. What they do is told to their <see cref="Speaker"/>s.</summary>
internal interface ISpeakers : IAsyncDisposable
{
    IReadOnlyList<Speaker> All { get; }

    /// <summary>Has all of them do it.</summary>
    Task DoAsync(Errand errand);
}

/// <summary>What clients are asked to do.</summary>
internal enum Errand
{
    /// <summary>Enter both rooms.</summary>
    Enter,

    /// <summary>Speak until they are stopped.</summary>
    Speak,

    /// <summary>Say no more than what is begun, and "end".</summary>
    Stop,

    /// <summary>Tell their notes.</summary>
    TellNotes,
}
