namespace Kodama.Server.Tests;

/// <summary>As many descriptors as a test says.</summary>
internal sealed class FakeDescriptors : IDescriptors
{
    private volatile int held;

    public int Limit { get; set; }

    public int Held
    {
        get => held;
        set => held = value;
    }

    /// <summary>How often they were counted.</summary>
    public int Counts { get; private set; }

    public int Count()
    {
        Counts++;
        return held;
    }

    /// <summary>Whether threads are to be spared.</summary>
    public bool Few { get; private set; }

    public void Spare(bool few) => Few = few;
}
