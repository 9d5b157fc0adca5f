namespace Kodama.Core.Tests;

public sealed class MemoryEngineTests : EngineContract
{
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    internal override Hub Start(HubOptions? options = null, HubRules? rules = null, TimeProvider? time = null) => new(options, rules, time);
}
