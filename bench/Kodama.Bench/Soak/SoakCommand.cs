using System.CommandLine;

namespace Kodama.Bench.Soak;

internal static class SoakCommand
{
    public static Command Create()
    {
        var minutes = new Option<double>("--minutes") { Description = "Length of the storm", DefaultValueFactory = _ => 5 };
        var peers = new Option<int>("--peers") { Description = "Peers at once", DefaultValueFactory = _ => 2_000 };
        var seed = new Option<int?>("--seed") { Description = "Repeats a run's choices (default: random, and printed)" };
        minutes.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is <= 0 or > 1440)
                result.AddError("--minutes must be more than 0 and at most 1440.");
        });
        peers.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 200 or > 10_000)
                result.AddError("--peers must be from 200 to 10000.");
        });

        var command = new Command(
            "soak",
            "Peers of all doors come, talk, stall, reset, flood and upgrade; then a hub must hold no more than before.")
        {
            minutes, peers, seed,
        };
        command.SetAction((result, cancellationToken) => new SoakRun(new SoakOptions(
            TimeSpan.FromMinutes(result.GetValue(minutes)),
            result.GetValue(peers),
            result.GetValue(seed) ?? Random.Shared.Next())).RunAsync(cancellationToken));
        return command;
    }
}
