namespace Kodama;

/// <summary>
/// The other hubs that share this one's rooms, as the engine leads to them: who they are, what is told or asked of them, and what all of
/// them together have of something. What comes from them is as hostile as what comes from a client. Thread-safe.
/// </summary>
public interface ICluster
{
    /// <summary>Names the cluster: 16 hexadecimal digits, the same at all of its hubs.</summary>
    string Id { get; }

    /// <summary>Names this hub in it, from its start to its end.</summary>
    string HubId { get; }

    /// <summary>The hubs that are there, as of the last seconds; this one too.</summary>
    IReadOnlyList<ClusterHub> Hubs { get; }

    /// <summary>Whether others can be told something now.</summary>
    bool IsReachable { get; }

    /// <summary>Raised on any thread when a hub has come or gone, or tells something else of itself.</summary>
    event Action? Changed;

    /// <summary>Raised on any thread when the others can be told things again: what was said of this hub before may be lost.</summary>
    event Action? Returned;

    /// <summary>What others are told of this hub, within seconds.</summary>
    /// <param name="about">At most 4,096 characters.</param>
    void Announce(string about);

    /// <summary>Who does what others tell or ask of this kind; one for each kind, from the beginning on.</summary>
    /// <param name="kind">1 to 15 are the hub's own, 16 to 31 the server's, the rest doors'.</param>
    /// <param name="handler">Gets who asks, and what; answers with at most <see cref="MostBytes"/>, or null for nothing to say. What one
    /// hub tells comes one after another.</param>
    void Handle(byte kind, Func<string, ReadOnlyMemory<byte>, ValueTask<ReadOnlyMemory<byte>?>> handler);

    /// <summary>Tells all others something, or one of them, once at most: it is lost where one cannot be reached now. Never
    /// fails.</summary>
    /// <param name="kind">What it is about.</param>
    /// <param name="what">At most <see cref="MostBytes"/>; read before this returns.</param>
    /// <param name="hub">By its id; null for all others.</param>
    void Tell(byte kind, ReadOnlyMemory<byte> what, string? hub = null);

    /// <summary>Asks all others, and waits for their answers, a second at most. Never fails: who has not answered is missing.</summary>
    /// <param name="kind">What it is about.</param>
    /// <param name="question">At most <see cref="MostBytes"/>; read before this returns.</param>
    /// <param name="isEnough">Whether the others need not be waited for behind this answer.</param>
    Task<ClusterAnswers> AskAsync(byte kind, ReadOnlyMemory<byte> question, Func<ReadOnlyMemory<byte>, bool>? isEnough = null);

    /// <summary>Leaves something for whichever hub takes it first, in place of what lay there. False, where it may not lie there.</summary>
    /// <param name="name">Under which it lies: the door's, and then anything.</param>
    /// <param name="what">At most <see cref="MostBytes"/>; empty for nothing any more.</param>
    /// <param name="life">How long it lies there at most.</param>
    ValueTask<bool> LeaveAsync(string name, ReadOnlyMemory<byte> what, TimeSpan life);

    /// <summary>Takes what was left under a name: one hub gets it. Null, where there is nothing, or it cannot be known.</summary>
    ValueTask<ReadOnlyMemory<byte>?> TakeAsync(string name);

    /// <summary>A number above all that any hub has got before; null while it cannot be had.</summary>
    ValueTask<long?> NumberAsync();

    /// <summary>
    /// Takes one of so many places that all hubs have together under this name, until <see cref="Release"/> or this hub's end. Null while
    /// that cannot be known, or may be another soon.
    /// </summary>
    /// <param name="name">Of what there are places.</param>
    /// <param name="holder">Who is to have it: one that has one has it, at this hub from now on.</param>
    /// <param name="most">How many.</param>
    /// <param name="lost">Called on any thread when the place was given to another, as this hub was away for too long.</param>
    ValueTask<bool?> ReserveAsync(string name, string holder, int most, Action lost);

    /// <summary>Gives a place back, unless its holder has it at another hub by now.</summary>
    void Release(string name, string holder);

    /// <summary>Says how many of something this hub has, until it says another number or ends, and answers how many all hubs have. Null
    /// while that cannot be known.</summary>
    ValueTask<long?> CountAsync(string name, long here);

    /// <summary>Whether there is some of what is counted, or none any more, and no hub has learned that yet: so of all that ask, one learns
    /// each turn. With an end it learns the parts that were there yet, which are forgotten. Null while that cannot be known.</summary>
    /// <param name="name">Of what.</param>
    /// <param name="step">A number that this hub asks with once, but for who asks the same again without an answer: so what was learned
    /// with an answer that was lost is learned.</param>
    ValueTask<(ClusterTurn Turn, IReadOnlyList<string> Gone)?> TurnAsync(string name, long step);

    /// <summary>Of what a hub has learned that there is some, and none that there is no more. Null while that cannot be known.</summary>
    ValueTask<IReadOnlyList<string>?> BegunAsync();

    /// <summary>Notes that a part of something is there, or has gone, as of a place in an order that all hubs have. True, where that is
    /// news: of all that note it, one learns that. Null while that cannot be known.</summary>
    /// <param name="name">Of what.</param>
    /// <param name="part">The part.</param>
    /// <param name="place">In that order.</param>
    /// <param name="isThere">Whether it has come.</param>
    /// <param name="step">As of <see cref="TurnAsync"/>.</param>
    ValueTask<bool?> NoteAsync(string name, string part, long place, bool isThere, long step);

    /// <summary>Bytes that may be told or answered at once.</summary>
    const int MostBytes = 4 * 1024 * 1024;
}
