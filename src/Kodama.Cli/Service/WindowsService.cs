using System.Runtime.Versioning;
using System.ServiceProcess;

namespace Kodama.Cli.Service;

/// <summary>What Windows asks of a process that it runs as a service: to say that it runs, and to stop when it is told to.</summary>
[SupportedOSPlatform("windows")]
internal sealed class WindowsService(Action stop) : ServiceBase
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether Windows has started this process as a service: by a process of session 0 without a window.</summary>
    public static bool IsOne => !Environment.UserInteractive;

    /// <summary>Answers Windows on a thread of its own until the service is to end, and the hub has.</summary>
    public static WindowsService Begin(Action stop)
    {
        var service = new WindowsService(stop);
        new Thread(() => Run(service)) { IsBackground = true, Name = "Windows service" }.Start();
        return service;
    }

    /// <summary>The hub has ended.</summary>
    public void End() => ended.TrySetResult();

    /// <inheritdoc/>
    protected override void OnStop()
    {
        stop();
        ended.Task.Wait(TimeSpan.FromSeconds(20));
    }

    /// <inheritdoc/>
    protected override void OnShutdown() => OnStop();
}
