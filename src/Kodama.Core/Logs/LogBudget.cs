namespace Kodama;

/// <summary>What the logs of a hub's rooms take in memory together.</summary>
internal sealed class LogBudget(long most)
{
    private long taken;

    public long Most => most;

    public long Taken => Interlocked.Read(ref taken);

    public bool IsOver => Taken > most;

    public void Add(long bytes) => Interlocked.Add(ref taken, bytes);
}
