namespace Kodama.Bench.Soak;

/// <summary>What a peer does with the rest of its life, once it is in a room.</summary>
internal abstract class Behaviour(string name)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Each as often as it is here.</summary>
    public static IReadOnlyList<Behaviour> All { get; } =
    [
        new Guest(), new Guest(), new Talker(), new Talker(), new Talker(),
        new Staller(), new Resetter(), new Resetter(), new Vanisher(), new Flooder(),
    ];

    public string Name => name;

    /// <summary>Whether it is only let into rooms without witnesses, who would have to hear it all.</summary>
    public virtual bool Floods => false;

    /// <summary>Whether it does not read.</summary>
    public virtual bool Stalls => false;

    public abstract Task LiveAsync(SoakPeer peer, Random random, CancellationToken cancellationToken);

    protected static TimeSpan Lifetime(Random random) => Shortest + ((Longest - Shortest) * random.NextDouble());

    /// <summary>Listens while it does something else, and until its goodbye, if any, is answered: cancelling a read cuts it off.</summary>
    protected static async Task ListeningAsync(
        SoakPeer peer, Func<CancellationToken, Task> act, bool leaves, CancellationToken cancellationToken)
    {
        using var hearing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = ListenAsync(peer, hearing.Token);
        try
        {
            await act(cancellationToken);
            if (leaves)
            {
                await peer.LeaveAsync(cancellationToken);
                await listening.WaitAsync(Patience, cancellationToken);
            }
        }
        finally
        {
            await hearing.CancelAsync();
            await listening;
        }
    }

    // Until it is cancelled, or the hub or the peer itself ends the connection.
    private static async Task ListenAsync(SoakPeer peer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in peer.HearAsync(cancellationToken))
            {
            }
        }
        catch (Exception e) when (Storm.IsExpected(e))
        {
            // That is how it ends.
        }
    }

    /// <summary>Comes, listens, and goes.</summary>
    private sealed class Guest() : Behaviour("guest")
    {
        public override Task LiveAsync(SoakPeer peer, Random random, CancellationToken cancellationToken) =>
            ListeningAsync(peer, token => Task.Delay(Lifetime(random), token), leaves: true, cancellationToken);
    }

    /// <summary>Says something once a second.</summary>
    private sealed class Talker() : Behaviour("talker")
    {
        public override Task LiveAsync(SoakPeer peer, Random random, CancellationToken cancellationToken)
        {
            return ListeningAsync(peer, SayAsync, leaves: true, cancellationToken);

            async Task SayAsync(CancellationToken token)
            {
                for (var left = Lifetime(random); left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
                {
                    await peer.SayAsync(new string('t', random.Next(1, 500)), token);
                    await Task.Delay(TimeSpan.FromSeconds(1), token);
                }
            }
        }
    }

    /// <summary>Reads nothing of what it is sent, and resets what the hub has not ended by then.</summary>
    private sealed class Staller() : Behaviour("staller")
    {
        public override bool Stalls => true;

        // The louder the room, the sooner its outbox is full.
        public override bool Floods => true;

        public override async Task LiveAsync(SoakPeer peer, Random random, CancellationToken cancellationToken)
        {
            await Task.Delay(Lifetime(random), cancellationToken);
            peer.Wire.Reset();
        }
    }

    /// <summary>Ends by RST, in the midst of what it says.</summary>
    private sealed class Resetter() : Behaviour("resetter")
    {
        public override Task LiveAsync(SoakPeer peer, Random random, CancellationToken cancellationToken) => ListeningAsync(
            peer,
            async token =>
            {
                await Task.Delay(Lifetime(random), token);
                var saying = peer.SayAsync(new string('r', 1_000), token);
                peer.Wire.Reset();
                await saying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            },
            leaves: false,
            cancellationToken);
    }

    /// <summary>Is gone without a goodbye.</summary>
    private sealed class Vanisher() : Behaviour("vanisher")
    {
        public override Task LiveAsync(SoakPeer peer, Random random, CancellationToken cancellationToken) =>
            ListeningAsync(peer, token => Task.Delay(Lifetime(random), token), leaves: false, cancellationToken);
    }

    /// <summary>Says as much as it can, in bursts.</summary>
    private sealed class Flooder() : Behaviour("flooder")
    {
        private const int Burst = 100;

        public override bool Floods => true;

        public override Task LiveAsync(SoakPeer peer, Random random, CancellationToken cancellationToken)
        {
            return ListeningAsync(peer, FloodAsync, leaves: true, cancellationToken);

            async Task FloodAsync(CancellationToken token)
            {
                for (var bursts = random.Next(1, 5); bursts > 0; bursts--)
                {
                    for (var i = 0; i < Burst; i++)
                        await peer.SayAsync(new string('f', random.Next(1, 2_000)), token);
                    await Task.Delay(TimeSpan.FromSeconds(1), token);
                }
            }
        }
    }
}
