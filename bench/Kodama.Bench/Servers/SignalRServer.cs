using System.Runtime.InteropServices;

namespace Kodama.Bench.Servers;

/// <summary>A SignalR hub with its JSON protocol: bench/peers/signalr.</summary>
internal sealed class SignalRServer : BenchServer
{
    public override string Name => "signalr";

    public override string Protocol => "signalr";

    public override string Path => "/hub";

    public override string RoomPath => "/hub?room=r%d";

    public override string Needs => "bench/peers/signalr/bin/Release/net10.0/Kodama.Bench.SignalR.dll";

    public override string Remedy => "dotnet build -c Release bench/peers/signalr";

    public override string Program => "dotnet";

    public override string Version(string repository) => RuntimeInformation.FrameworkDescription;

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [Needs, "--urls", $"http://127.0.0.1:{Text(port)}", .. echo ? ["--echo", "true"] : (string[])[]];
}
