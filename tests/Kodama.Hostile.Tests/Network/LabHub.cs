using Kodama.Network.Lab;
using Kodama.Network.Lab.Processes;

namespace Kodama.Hostile.Tests.Network;

/// <summary><c>kodama serve</c> on a host of a laboratory, told of there by mDNS.</summary>
internal sealed class LabHub(LabHost host, LabProcess process) : IRunningHub
{
    public const string Name = "Lounge";

    public static async Task<LabHub> StartAsync(LabHost host)
    {
        // env replaces itself by what it starts, as ip netns exec does: the process stays the one whose memory is read.
        string[] command = [.. HubProcess.EchoRooms.Select(room => $"{room}=true"), "dotnet", HubProcess.Assembly, "serve", "--quiet",
            "--name", Name];
        var process = host.Start("env", command);
        await process.LineAsync("http://");
        return new LabHub(host, process);
    }

    public Uri Address => host.Url();

    public bool IsAlive => !process.HasExited;

    public HubMemory Memory => new(process.Id);

    public string Printed => process.Transcript;

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
