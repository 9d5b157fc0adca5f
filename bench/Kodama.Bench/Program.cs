using System.CommandLine;
using Kodama.Bench.Chaos;
using Kodama.Bench.Cluster;
using Kodama.Bench.Compare;
using Kodama.Bench.Discovery;
using Kodama.Bench.Load;
using Kodama.Bench.Log;
using Kodama.Bench.Micro;
using Kodama.Bench.Receiving;
using Kodama.Bench.Soak;
using Kodama.Bench.Starting;

// BenchmarkDotNet has a command line of its own, which another parser would only disturb.
if (args is ["micro", .. var options])
    return Microbenchmarks.Run(options);

return await new RootCommand("Benchmarks of Kodama. \"micro [FILTER] [options of BenchmarkDotNet]\" runs those of its parts.")
{
    ChaosCommand.Create(),
    ClientCommand.Create(),
    ClusterCommand.Create(),
    CompareCommand.Create(),
    CompareCommand.CreateSocketIO(),
    CompareCommand.CreatePusher(),
    CompareCommand.CreateAbly(),
    DiscoveryCommand.Create(),
    LoadCommand.Create(),
    LogCommand.Create(),
    ReceiveCommand.Create(),
    SoakCommand.Create(),
    StartCommand.Create(),
    CompareCommand.CreateTls(),
}.Parse(args).InvokeAsync();
