using Microsoft.Extensions.Logging;

namespace Kodama.Server;

/// <summary>Lets connections in as long as there are descriptors, for all listeners of the application, and makes room where it
/// can.</summary>
internal sealed class Intake : IDisposable
{
    // A page of a browser alone may open six.
    private const int Few = 64;

    private static readonly TimeSpan TellInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(10);

    private readonly DescriptorBudget budget;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock gate = new();
    private long? shortAt;
    private long? toldAt;

    public Intake(IDescriptors descriptors, NewcomerLimits limits, TimeProvider time, ILogger<Intake> logger)
    {
        this.time = time;
        this.logger = logger;
        budget = new DescriptorBudget(descriptors, time);
        Newcomers = new Newcomers(limits, time);
    }

    public Newcomers Newcomers { get; }

    /// <summary>Open descriptors of the process.</summary>
    public int Held => budget.Held;

    /// <summary>Most that may be open; <see cref="int.MaxValue"/> for no limit.</summary>
    public int Limit => budget.Limit;

    /// <summary>Whether somebody had to wait or to go for want of descriptors, just now.</summary>
    public bool IsShort
    {
        get
        {
            lock (gate) return shortAt is { } at && time.GetElapsedTime(at) < Aftermath;
        }
    }

    /// <summary>Says so when hardly anybody will fit, before it is found out in a bad moment.</summary>
    public void TellIfFew()
    {
        if (Limit - Held >= Few) return;
        FirstRequest.Load();
        TransportLog.FewDescriptors(logger, Limit, Held);
    }

    /// <summary>Whether one more may be accepted.</summary>
    public bool TryTake() => budget.TryTake();

    /// <summary>The same, for one that waits already: newcomers go for it. False when none is left: to be asked again later.</summary>
    public bool TryMakeRoom()
    {
        while (Newcomers.MakeRoom() > 0)
        {
            TellShortage();
            if (budget.TryTake()) return true;
        }
        TellShortage();
        return false;
    }

    /// <summary>The system has refused a descriptor, or will soon.</summary>
    public void TellShortage()
    {
        lock (gate)
        {
            shortAt = time.GetTimestamp();
            if (toldAt is { } at && time.GetElapsedTime(at) < TellInterval) return;
            toldAt = shortAt;
        }
        TransportLog.OutOfDescriptors(logger, Held, Limit, Newcomers.Count, Newcomers.Dropped);
    }

    public void Dispose() => Newcomers.Dispose();
}
