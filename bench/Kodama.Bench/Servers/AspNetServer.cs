using System.Runtime.InteropServices;
using Kodama.Bench.Load;

namespace Kodama.Bench.Servers;

/// <summary>Kestrel with System.Net.WebSockets: bench/peers/aspnet.</summary>
internal sealed class AspNetServer : BenchServer
{
    public override string Name => "aspnet";

    // Of Pusher's API, and empty: what Kestrel alone costs.
    public override string PublishPath => $"/apps/{PusherProtocol.Id}/events";

    public override string Needs => "bench/peers/aspnet/bin/Release/net10.0/Kodama.Bench.AspNet.dll";

    public override string Remedy => "dotnet build -c Release bench/peers/aspnet";

    public override string Program => "dotnet";

    public override string Version(string repository) => RuntimeInformation.FrameworkDescription;

    public override IEnumerable<string> Arguments(int port, bool echo) =>
        [Needs, "--urls", $"http://127.0.0.1:{Text(port)}", .. echo ? ["--echo", "true"] : (string[])[]];
}
