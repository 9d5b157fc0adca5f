using System.Collections.ObjectModel;
using System.Globalization;

namespace Kodama.Ably;

/// <summary>How a client wants to be attached (docs/specs/ably.md, C7 to C11).</summary>
internal sealed class AttachRequest
{
    private const int MaxParameters = 16;
    private const int MaxParameter = 256;
    private const int MaxRewind = 1000;

    private static readonly Dictionary<string, Flags> ModeNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["presence"] = Flags.Presence,
        ["publish"] = Flags.Publish,
        ["subscribe"] = Flags.Subscribe,
        ["presence_subscribe"] = Flags.PresenceSubscribe,
        ["annotation_publish"] = Flags.AnnotationPublish,
        ["annotation_subscribe"] = Flags.AnnotationSubscribe,
        ["object_subscribe"] = Flags.ObjectSubscribe,
        ["object_publish"] = Flags.ObjectPublish,
    };

    public required string Channel { get; init; }

    /// <summary>What it asks for.</summary>
    public Flags Wanted { get; private set; }

    /// <summary>What of that it may have.</summary>
    public Flags Modes { get; private set; }

    /// <summary>Those that are known here.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; private set; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>With what it begins.</summary>
    public Start Start { get; private set; }

    /// <summary>Whether it goes on from somewhere.</summary>
    public bool HasSerial { get; private set; }

    public bool WantsOccupancy { get; private set; }

    public static (AttachRequest? Request, AblyError? Error) Read(WireElement message, string channel, Access access, DateTimeOffset now)
    {
        if (ChannelName.Refuse(channel, access.App) is { } wrong) return (null, wrong);
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in message["params"u8].Members)
        {
            var text = value.Text ?? value.Integer?.ToString(CultureInfo.InvariantCulture) ?? "";
            if (all.Count == MaxParameters || text.Length > MaxParameter)
                return (null, AblyError.BadRequest($"A channel takes at most {MaxParameters} params of {MaxParameter} characters."));
            all[key] = text;
        }
        var request = new AttachRequest { Channel = channel };
        return request.Read(message, all, access, now) is { } error ? (null, error) : (request, null);
    }

    private AblyError? Read(WireElement message, Dictionary<string, string> all, Access access, DateTimeOffset now)
    {
        var wanted = (Flags)(message["flags"u8].Integer ?? 0) & (Flags.Modes | Flags.Objects);
        if (all.GetValueOrDefault("modes") is { } modes)
        {
            wanted = Flags.None;
            foreach (var mode in modes.Split(','))
            {
                if (!ModeNames.TryGetValue(mode.Trim(), out var flag)) return AblyError.BadRequest($"\"{mode}\" is no channel mode.");
                wanted |= flag;
            }
            Heed("modes", modes);
        }
        Wanted = wanted == Flags.None ? Flags.DefaultModes : wanted;
        Modes = Allowed(access);
        if (Modes == Flags.None) return AblyError.NotAllowed("what it asks for", Channel);
        if (all.GetValueOrDefault("occupancy") is { } occupancy)
        {
            if (!occupancy.StartsWith("metrics", StringComparison.Ordinal)) return AblyError.BadRequest("The param occupancy is metrics.");
            WantsOccupancy = true;
            Heed("occupancy", occupancy);
        }
        // Heeded, though messages come whole: a reader of deltas reads those too.
        if (all.GetValueOrDefault("delta") is "vcdiff") Heed("delta", "vcdiff");
        if (message["channelSerial"u8].Text is { Length: > 0 } serial)
        {
            HasSerial = true;
            // What is no serial of the hub's is one of another life.
            Start = Start.After(Serial.TryParse(serial, out var position) ? position : new Position("0", 0));
            if (all.TryGetValue("rewind", out var passedOver)) Heed("rewind", passedOver);
            return null;
        }
        if (all.GetValueOrDefault("rewind") is not { } rewind) return null;
        if (StartOf(rewind, now) is not { } start)
            return AblyError.BadRequest("The param rewind is a number of messages, or a time such as 15s or 2m.");
        Heed("rewind", rewind);
        // Who comes back has had it (of SDKs before version 6).
        if (((Flags)(message["flags"u8].Integer ?? 0) & Flags.AttachResume) == 0) Start = start;
        return null;
    }

    // Most have none.
    private void Heed(string name, string value)
    {
        if (Parameters is not Dictionary<string, string> heeded) Parameters = heeded = new(StringComparer.Ordinal);
        heeded[name] = value;
    }

    /// <summary>What of it a client may have. Annotations come with messages, and not alone.</summary>
    public Flags Allowed(Access access)
    {
        var modes = Wanted & Allowed(access, Channel);
        return modes.HasFlag(Flags.Subscribe) ? modes : modes & ~Flags.AnnotationSubscribe;
    }

    private static Flags Allowed(Access access, string channel)
    {
        var operations = access.Capability.On(channel);
        var modes = Flags.None;
        if (operations.HasFlag(Operations.Subscribe)) modes |= Flags.Subscribe | Flags.PresenceSubscribe;
        // The hub's own channels are read alone.
        if (channel.StartsWith('[')) return modes;
        if (operations.HasFlag(Operations.Publish)) modes |= Flags.Publish;
        if (operations.HasFlag(Operations.Presence)) modes |= Flags.Presence;
        if (operations.HasFlag(Operations.AnnotationPublish)) modes |= Flags.AnnotationPublish;
        if (operations.HasFlag(Operations.AnnotationSubscribe)) modes |= Flags.AnnotationSubscribe;
        return modes;
    }

    private static Start? StartOf(string rewind, DateTimeOffset now)
    {
        var (digits, unit) = rewind is [.. var before, 's' or 'm'] ? (before, rewind[^1]) : (rewind, '\0');
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 1_000_000) return null;
        return unit switch
        {
            's' => Start.Since(now.AddSeconds(-number)),
            'm' => Start.Since(now.AddMinutes(-number)),
            _ => Start.Last(Math.Min(number, MaxRewind)),
        };
    }
}
