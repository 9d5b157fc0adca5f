using Kodama.Hostile.Tests;

// One attack at a time: whom the healthy peer waits for must be told.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Findings))]
