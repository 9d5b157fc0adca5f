using Kodama.Client.Sessions;

namespace Kodama.Client;

/// <summary>The options of a client of rooms as they were when it was made, checked.</summary>
internal sealed record RoomsSettings
{
    private RoomsSettings(KodamaRoomsOptions options)
    {
        Connection = ClientSettings.Of(options, Hello.Subprotocol);
        Session = options.Session;
        EntryCapacity = options.EntryCapacity;
        FullMode = options.FullMode;
        PublishCapacity = options.PublishCapacity;
        PublishBytes = options.PublishBytes;
        PublishFullMode = options.PublishFullMode;
    }

    public ClientSettings Connection { get; init; }
    public HubSession? Session { get; }
    public int EntryCapacity { get; }
    public FullMode FullMode { get; }
    public int PublishCapacity { get; }
    public long PublishBytes { get; }
    public PublishFullMode PublishFullMode { get; }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static RoomsSettings Of(KodamaRoomsOptions options)
    {
        ClientSettings.ThrowIfNotPositive(options.EntryCapacity, nameof(options.EntryCapacity));
        ClientSettings.ThrowIfNotDefined(options.FullMode, nameof(options.FullMode));
        ClientSettings.ThrowIfNotPositive(options.PublishCapacity, nameof(options.PublishCapacity));
        ClientSettings.ThrowIfNotPositive(options.PublishBytes, nameof(options.PublishBytes));
        ClientSettings.ThrowIfNotDefined(options.PublishFullMode, nameof(options.PublishFullMode));
        return new RoomsSettings(options);
    }
}
