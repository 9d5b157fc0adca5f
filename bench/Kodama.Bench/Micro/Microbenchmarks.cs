using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Kodama.Bench.Compare;

namespace Kodama.Bench.Micro;

internal static class Microbenchmarks
{
    /// <summary>Runs those that match the filter, which comes first (all, where there is none), with options of BenchmarkDotNet after
    /// it.</summary>
    public static int Run(string[] options)
    {
        if (options is [var filter, .. var rest] && !filter.StartsWith('-'))
            options = ["--filter", filter, .. rest];
        else if (!options.Contains("--filter") && !options.Contains("--list"))
            options = ["--filter", "*", .. options];

        // BenchmarkDotNet looks below the current folder for the project that it builds anew, and leaves its reports there.
        Environment.CurrentDirectory = Repository.Find();

        // It builds this project and all that it starts once more, which may take longer than the two minutes it allows.
        var config = ManualConfig.Create(DefaultConfig.Instance).WithBuildTimeout(TimeSpan.FromMinutes(10));
        var summaries = BenchmarkSwitcher.FromAssembly(typeof(Microbenchmarks).Assembly).Run(options, config);
        return summaries.Any(s => s.HasCriticalValidationErrors || s.Reports.Any(r => !r.Success)) ? 1 : 0;
    }
}
