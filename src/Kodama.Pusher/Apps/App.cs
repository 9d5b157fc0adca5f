using System.Security.Cryptography;
using System.Text;

namespace Kodama.Pusher;

/// <summary>An app as the door uses it: what was asked for, and what it signs with.</summary>
internal sealed class App
{
    private readonly byte[] secret;
    private int connections;

    public App(PusherApp options, PusherEncoder encoder)
    {
        Options = options;
        Encoder = encoder;
        secret = Encoding.ASCII.GetBytes(options.Secret);
    }

    public PusherApp Options { get; }

    public string Id => Options.Id;

    public string Key => Options.Key;

    /// <summary>How its clients get what happens; one object for all apps with its prefix.</summary>
    public PusherEncoder Encoder { get; }

    /// <summary>Who has signed in.</summary>
    public UserTable Users { get; } = new();

    /// <summary>The room of a channel.</summary>
    public string RoomOf(string channel) => Options.Prefix.Length == 0 ? channel : Options.Prefix + channel;

    /// <summary>The channel that a room is, if it is one of this app's.</summary>
    public bool TryChannelOf(string room, out string channel)
    {
        if (BehindPrefix(room) is { } name && ChannelName.IsValid(name))
        {
            channel = name;
            return true;
        }
        channel = "";
        return false;
    }

    /// <summary>A room's name without this app's prefix; null, where it has another.</summary>
    public string? BehindPrefix(string room) =>
        room.StartsWith(Options.Prefix, StringComparison.Ordinal) ? room[Options.Prefix.Length..] : null;

    /// <summary>The signature of a text: 64 hexadecimal digits in lower case.</summary>
    public string Sign(string text) => Sign(Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Sign(string)"/>
    public string Sign(ReadOnlySpan<byte> text) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, text));

    /// <summary>Whether this is the signature of a text; takes as long whatever is guessed.</summary>
    public bool IsSignature(ReadOnlySpan<char> given, ReadOnlySpan<byte> text)
    {
        Span<byte> said = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (given.Length != 2 * said.Length || Convert.FromHexString(given, said, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        Span<byte> own = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, text, own);
        return CryptographicOperations.FixedTimeEquals(said, own);
    }

    /// <summary>Whether this is <c>KEY:SIGNATURE</c> of a text.</summary>
    public bool IsAuth(string? auth, string text) =>
        auth is not null
        && auth.Length > Key.Length
        && auth[Key.Length] == ':'
        && auth.StartsWith(Key, StringComparison.Ordinal)
        && IsSignature(auth.AsSpan(Key.Length + 1), Encoding.UTF8.GetBytes(text));

    /// <summary>Whether it opens a closed room to peers of other doors (docs/specs/pusher.md, A4).</summary>
    public bool IsRoomToken(string token, string channel) => IsAuth(token, $"room:{channel}");

    /// <summary>Takes one of its places; false, where there is none.</summary>
    public bool TryTakePlace()
    {
        if (Interlocked.Increment(ref connections) <= (Options.MaxConnections ?? int.MaxValue)) return true;
        GivePlaceBack();
        return false;
    }

    public void GivePlaceBack() => Interlocked.Decrement(ref connections);
}
