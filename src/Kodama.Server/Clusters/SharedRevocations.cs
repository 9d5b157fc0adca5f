using System.Security.Cryptography;
using System.Text;

namespace Kodama.Server;

/// <summary>
/// What one hub of a cluster revokes, all do (docs/specs/tokens.md): each tells the others what it has learned, and asks them when one has
/// come and each 10 s, as what is told may be lost. Does nothing where there is one hub alone.
/// </summary>
internal sealed class SharedRevocations : IDisposable
{
    // 16 to 31 are the server's. Both bring ids, each behind another by a line feed; a question brings the digest of what it knows.
    private const byte Told = 18;
    private const byte Asked = 19;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly PersonTokens tokens;
    private readonly ICluster? cluster;
    private readonly ITimer? timer;
    private IReadOnlyList<string> hubs = [];

    public SharedRevocations(Hub hub, PersonTokens tokens, TimeProvider time)
    {
        this.tokens = tokens;
        if (!tokens.AreTaken || hub.Cluster is null) return;
        cluster = hub.Cluster;
        cluster.Handle(Told, async (_, ids) =>
        {
            await LearnAsync(ids);
            return null;
        });
        cluster.Handle(Asked, (_, digest) => new(digest.Span.SequenceEqual(Digest()) ? null : Write(tokens.Revoked)));
        cluster.Returned += Ask;
        cluster.Changed += Look;
        tokens.Learned += Tell;
        timer = time.CreateTimer(static shared => ((SharedRevocations)shared!).Ask(), this, TimeSpan.Zero, Interval);
    }

    public void Dispose()
    {
        timer?.Dispose();
        if (cluster is null) return;
        cluster.Returned -= Ask;
        cluster.Changed -= Look;
        tokens.Learned -= Tell;
    }

    private void Tell(IReadOnlyCollection<string> ids) => cluster!.Tell(Told, Write(ids));

    private void Look()
    {
        IReadOnlyList<string> now = [.. cluster!.Hubs.Select(static hub => hub.Id)];
        var before = Interlocked.Exchange(ref hubs, now);
        if (now.Except(before).Any()) Ask();
    }

    private void Ask() => _ = AskAsync();

    private async Task AskAsync()
    {
        var answers = await cluster!.AskAsync(Asked, Digest());
        foreach (var (_, ids) in answers.Answers) await LearnAsync(ids);
    }

    // The disk is not what others wait for.
    private Task LearnAsync(ReadOnlyMemory<byte> ids)
    {
        string[] read = [.. Encoding.ASCII.GetString(ids.Span).Split('\n').Where(PersonToken.IsId)];
        return read.Length == 0 ? Task.CompletedTask : Task.Run(() => tokens.Learn(read));
    }

    private byte[] Digest() =>
        SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('\n', tokens.Revoked.Order(StringComparer.Ordinal))));

    // The last ones, where that were too many: those before were told.
    private static byte[] Write(IEnumerable<string> ids) => Encoding.ASCII.GetBytes(
        string.Join('\n', ids.TakeLast(ICluster.MostBytes / (PersonToken.LongestId + 1))));
}
