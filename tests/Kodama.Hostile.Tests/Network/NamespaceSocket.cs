using System.Net.Sockets;
using System.Runtime.InteropServices;
using Kodama.Network.Lab;

namespace Kodama.Hostile.Tests.Network;

/// <summary>Sockets of this process in the network of a laboratory's host: a socket stays where the thread was that made it.</summary>
internal static partial class NamespaceSocket
{
    private const int NetworkNamespace = 0x40000000;

    public static Task<Socket> CreateAsync(LabHost host, SocketType type, ProtocolType protocol)
    {
        var made = new TaskCompletionSource<Socket>(TaskCreationOptions.RunContinuationsAsynchronously);
        // A thread that ends then: none of the pool's may stay there.
        new Thread(() =>
        {
            try
            {
                using var network = File.OpenHandle($"/run/netns/{host.Namespace}");
                if (SetNamespace((int)network.DangerousGetHandle(),
                    NetworkNamespace) != 0) throw new IOException($"setns: error {Marshal.GetLastPInvokeError()}");
                made.SetResult(new Socket(AddressFamily.InterNetwork, type, protocol));
            }
            catch (Exception exception)
            {
                made.SetException(exception);
            }
        }).Start();
        return made.Task;
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int descriptor, int type);
}
