using System.Security.Cryptography;

namespace Kodama.Pusher;

/// <summary>An app: by its key clients come in, and by its secret backends sign (docs/specs/pusher.md, R1).</summary>
public sealed class PusherApp
{
    private const int LongestPrefix = RoomName.MaxLength - ChannelName.MaxLength;

    /// <summary>Named in the paths of the HTTP API. Printable ASCII without spaces, <c>/</c>, <c>:</c> and <c>?</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>Named by clients. Of the same characters. Whoever knows it comes in, as with the hub's token.</summary>
    public string Key { get; set; } = "";

    /// <summary>Signs subscriptions, requests and webhooks. Printable ASCII without spaces.</summary>
    public string Secret { get; set; } = "";

    /// <summary>What stands before a channel's name in the name of its room, at most 55 characters, the last of them one that channels'
    /// names cannot have, such as <c>/</c>. Default none: a channel is the room of its name, and apps share them.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>Whether anybody may come in by it. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Whether subscribers may say <c>client-</c> events. Default true.</summary>
    public bool ClientEvents { get; set; } = true;

    /// <summary>Whether subscribers are told how many they are. Default true.</summary>
    public bool SubscriptionCounts { get; set; } = true;

    /// <summary>Most connections at once; null for as many as the hub takes.</summary>
    public int? MaxConnections { get; set; }

    /// <summary>Who is told what happens.</summary>
    public IList<PusherWebhook> Webhooks { get; } = [];

    /// <summary>A new app, whose id, key and secret cannot be guessed.</summary>
    public static PusherApp Create() => new()
    {
        // Digits alone: some SDKs take nothing else.
        Id = RandomNumberGenerator.GetInt32(100_000, 1_000_000).ToString(System.Globalization.CultureInfo.InvariantCulture),
        Key = RandomNumberGenerator.GetHexString(20, lowercase: true),
        Secret = RandomNumberGenerator.GetHexString(40, lowercase: true),
    };

    /// <summary>An app from <c>ID:KEY:SECRET</c>.</summary>
    /// <exception cref="FormatException">It has not this form.</exception>
    public static PusherApp Parse(string text)
    {
        if (text.Split(':') is not [{ Length: > 0 } id, { Length: > 0 } key, { Length: > 0 } secret])
            throw new FormatException("An app is ID:KEY:SECRET, such as 1:garden-key:garden-secret.");
        var app = new PusherApp { Id = id, Key = key, Secret = secret };
        try
        {
            app.Validate();
        }
        catch (ArgumentException exception)
        {
            throw new FormatException(exception.Message, exception);
        }
        return app;
    }

    internal void Validate()
    {
        Check(Id, nameof(Id), "/:?#%");
        Check(Key, nameof(Key), "/:?#%");
        Check(Secret, nameof(Secret), "");
        if (Prefix.Length > LongestPrefix || Prefix.Any(char.IsControl))
            throw new ArgumentException($"Prefix of Pusher app {Id} is \"{Prefix}\"; it takes at most {LongestPrefix} characters, none of "
                + "them a control character.");
        // Else the channels of one app could be another's.
        if (Prefix.Length > 0 && ChannelName.IsValid(Prefix.AsSpan(Prefix.Length - 1)))
            throw new ArgumentException($"Prefix of Pusher app {Id} is \"{Prefix}\"; it must end in a character that channels' names lack, "
                + "such as the slash of \"shop/\".");
        if (MaxConnections is < 0)
            throw new ArgumentException($"MaxConnections of Pusher app {Id} is {MaxConnections}; it must be 0 or more.");
        foreach (var webhook in Webhooks) webhook.Validate();
    }

    private static void Check(string value, string name, string reserved)
    {
        var isWrong = value.Any(c => c is <= ' ' or > '~' || reserved.Contains(c, StringComparison.Ordinal));
        if (value.Length is > 0 and <= 128 && !isWrong) return;
        // The secret itself is not for a log.
        var shown = name == nameof(Secret) ? "" : $" is \"{value}\"; it";
        var rule = reserved.Length > 0 ? $" and none of {reserved}" : "";
        throw new ArgumentException($"{name} of a Pusher app{shown} takes 1 to 128 characters of printable ASCII without spaces{rule}.");
    }
}
