using System.Globalization;

namespace Kodama.Bench.Servers;

/// <summary>A kind of server to compare: how it is started and spoken to.</summary>
internal abstract class BenchServer
{
    public static IReadOnlyList<BenchServer> All { get; } = [new KodamaServer(), new WsServer(), new AspNetServer(), new SignalRServer()];

    public abstract string Name { get; }

    /// <summary>What the load generator calls its protocol.</summary>
    public virtual string Protocol => "raw";

    /// <summary>Whether it speaks TLS.</summary>
    public virtual bool IsTls => false;

    /// <summary>Where everybody is in one room.</summary>
    public virtual string Path => "/ws";

    /// <summary>Where %d is the number of a room.</summary>
    public virtual string RoomPath => "/ws/r%d";

    /// <summary>Where room "bench" is published to over HTTP.</summary>
    public virtual string PublishPath => "/api/rooms/bench/messages";

    /// <summary>The file without which it cannot be started, from the repository's root.</summary>
    public abstract string Needs { get; }

    /// <summary>What to do where that file is missing.</summary>
    public abstract string Remedy { get; }

    public abstract string Program { get; }

    public abstract string Version(string repository);

    /// <summary>The command line after <see cref="Program"/>; paths in it are from the repository's root.</summary>
    public abstract IEnumerable<string> Arguments(int port, bool echo);

    protected static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
