using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>
/// The tokens of persons at a hub that runs (docs/specs/tokens.md): which count, what they let do, and the end of whoever holds one that
/// does not any more. Where none are taken, it lets everybody be. Thread-safe.
/// </summary>
internal sealed class PersonTokens : IPeerValidator, IRoomRule, IDisposable
{
    private const string RevokedText = "The token has been revoked.";
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly TokenFolder? folder;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private readonly Dictionary<object, (PersonToken Token, Action<CloseReason> End)> holders = [];
    private readonly ITimer? timer;
    private HashSet<string> revoked = [];
    private (long, DateTime) stamp;
    private string? trouble;
    private int looking;

    public PersonTokens(KodamaOptions options, TimeProvider time, ILogger<PersonTokens> logger)
    {
        folder = options.FindTokens();
        this.time = time;
        this.logger = logger;
        if (folder is null) return;
        (revoked, _, stamp) = folder.Revoked();
        timer = time.CreateTimer(_ => Look(), null, Pace, Pace);
    }

    /// <summary>Raised on any thread with ids that this hub did not know to be revoked.</summary>
    public event Action<IReadOnlyCollection<string>>? Learned;

    /// <summary>Whether there are any.</summary>
    public bool AreTaken => folder is not null;

    /// <summary>Where they are; null, where there are none.</summary>
    public TokenFolder? Folder => folder;

    /// <summary>The ids of all that were revoked.</summary>
    public IReadOnlyCollection<string> Revoked => Volatile.Read(ref revoked);

    /// <summary>What the token of a request says, if it counts; else why not. More than one asks that of a request, and it is looked at
    /// once.</summary>
    public (PersonToken? Token, string Refusal) Check(HttpContext context, string text)
    {
        if (context.Items.TryGetValue(this, out var known) && known is Checked seen && seen.Text == text) return (seen.Token, seen.Refusal);
        var (token, refusal) = Check(text);
        context.Items[this] = new Checked(text, token, refusal);
        return (token, refusal);
    }

    private (PersonToken? Token, string Refusal) Check(string text)
    {
        string? wrong = null;
        if (folder?.Read(text, out wrong) is not { } token)
            return (null, wrong is null ? "The token is wrong." : $"The token cannot be used: {wrong}.");
        return FindFault(token) is { } fault ? (null, fault.Text) : (token, "");
    }

    /// <summary>Who holds the token of this principal is told when it ends, until <see cref="Release(object)"/>; perhaps at once. Null, or
    /// why it is none already.</summary>
    public CloseReason? Hold(object holder, PersonToken token, Action<CloseReason> end)
    {
        lock (gate) holders[holder] = (token, end);
        // Behind that: what is revoked meanwhile is seen here, or there.
        if (FindFault(token) is not { } fault) return null;
        Release(holder);
        return fault;
    }

    /// <summary>Takes over what was revoked at another hub: here too nobody comes by it any more, also behind another start. May wait for
    /// the disk.</summary>
    public void Learn(IEnumerable<string> ids)
    {
        var learned = Add(ids);
        if (learned.Count == 0) return;
        End();
        try
        {
            folder!.Revoke(learned);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TokensLog.NotKept(logger, folder!.Folder, exception);
        }
    }

    public void Release(object holder)
    {
        lock (gate) holders.Remove(holder);
    }

    ValueTask<PeerVerdict> IPeerValidator.ValidateAsync(Peer peer, CancellationToken cancellationToken)
    {
        var fault = TokenIdentity.TokenOf(peer.Principal) is { } token ? Hold(peer, token, peer.Disconnect) : null;
        return new(fault is { } reason ? PeerVerdict.Refuse(reason) : PeerVerdict.Accepted);
    }

    ValueTask<PeerVerdict> IPeerValidator.ValidateRequestAsync(Peer client, RoomRights wanted, CancellationToken cancellationToken) =>
        new(PeerVerdict.Accepted);

    void IPeerValidator.Release(Peer peer) => Release(peer);

    ValueTask<RoomVerdict> IRoomRule.GrantAsync(Peer peer, string room, string? token, CancellationToken cancellationToken)
    {
        if (TokenIdentity.TokenOf(peer.Principal) is not { } shown) return new(RoomRights.All);
        if (FindFault(shown) is { } fault) return new(RoomVerdict.Refuse(fault.Text));
        if (!shown.IsFor(room)) return new(RoomVerdict.Refuse($"The token of {shown.Name} is not for room {room}."));
        return new(shown.Can == TokenRights.Read ? RoomRights.Read | RoomRights.History : RoomRights.All);
    }

    public void Dispose() => timer?.Dispose();

    private CloseReason? FindFault(PersonToken token)
    {
        var now = time.GetUtcNow();
        return Volatile.Read(ref revoked).Contains(token.Id) ? CloseReason.Disconnected with { Text = RevokedText }
            : now >= token.Expires ? CloseReason.Expired
            : now < token.NotBefore ? CloseReason.Refused with { Text = "The token is not valid yet." }
            : null;
    }

    /// <summary>Looks what was revoked, and ends who holds what does not count any more.</summary>
    public void Look()
    {
        if (Interlocked.Exchange(ref looking, 1) == 1) return;
        ReadRevoked();
        End();
        Volatile.Write(ref looking, 0);
    }

    private void End()
    {
        List<(Action<CloseReason> End, CloseReason Reason)> ending = [];
        lock (gate)
        {
            foreach (var (token, end) in holders.Values)
            {
                if (FindFault(token) is { } fault) ending.Add((end, fault));
            }
        }
        // Each takes itself out.
        foreach (var (end, reason) in ending)
        {
            try
            {
                end(reason);
            }
            catch (Exception exception)
            {
                // On this thread it would end the process, and the others stayed in.
                TokensLog.NotEnded(logger, exception);
            }
        }
    }

    private void ReadRevoked()
    {
        try
        {
            if (folder!.RevokedStamp == stamp && trouble is null) return;
            var (ids, wrong, read) = folder.Revoked();
            var learned = Add(ids);
            stamp = read;
            if (learned.Count > 0) Learned?.Invoke(learned);
            Tell(wrong is null ? null : folder.NotAnId(wrong));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell(exception);
        }
    }

    // What was revoked is for ever, whatever became of the file. Answers those that are new.
    private List<string> Add(IEnumerable<string> ids)
    {
        lock (gate)
        {
            var before = revoked;
            var learned = ids.Where(id => !before.Contains(id)).Distinct().ToList();
            if (learned.Count > 0) Volatile.Write(ref revoked, [.. before, .. learned]);
            return learned;
        }
    }

    // Once.
    private void Tell(Exception? exception)
    {
        if (exception is not null && exception.Message != trouble) TokensLog.Unreadable(logger, folder!.Folder, exception);
        trouble = exception?.Message;
    }

    private sealed record Checked(string Text, PersonToken? Token, string Refusal);
}
