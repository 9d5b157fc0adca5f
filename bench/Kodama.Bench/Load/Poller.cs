using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Kodama.Bench.Load;

/// <summary>
/// epoll(7), level-triggered. One thread asks for what is ready and handles all of it: half the system calls of
/// SocketAsyncEventArgs, which reads each socket until it is empty, and nothing to lock.
/// </summary>
internal sealed partial class Poller : IDisposable
{
    private const int Add = 1;
    private const int Modify = 3;
    private const uint In = 1;
    private const uint Out = 4;
    private const int MaxEvents = 1024;

    // struct epoll_event { uint32_t events; uint64_t data; }, packed on x86-64 only.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EventSize = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly int _epoll = Check(EpollCreate(0));
    private readonly byte[] _events = new byte[MaxEvents * EventSize];

    public void Watch(Socket socket, int number) => Control(Add, socket, number, writable: false);

    /// <summary>Whether to report also that the socket takes more.</summary>
    public void Watch(Socket socket, int number, bool writable) => Control(Modify, socket, number, writable);

    /// <summary>Waits for at most this long; returns how many are ready.</summary>
    public int Wait(int milliseconds)
    {
        var count = EpollWait(_epoll, ref MemoryMarshal.GetArrayDataReference(_events), MaxEvents, milliseconds);

        // A signal may interrupt the wait (EINTR): nothing is ready then.
        return Math.Max(0, count);
    }

    /// <summary>The number of the socket that is ready.</summary>
    public int Number(int index) => MemoryMarshal.Read<int>(_events.AsSpan((index * EventSize) + DataOffset));

    public void Dispose() => Close(_epoll);

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    private void Control(int operation, Socket socket, int number, bool writable)
    {
        Span<byte> change = stackalloc byte[16];
        MemoryMarshal.Write(change, writable ? In | Out : In);
        MemoryMarshal.Write(change[DataOffset..], (long)number);
        Check(EpollControl(_epoll, operation, (int)socket.Handle, ref MemoryMarshal.GetReference(change)));
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int descriptor, ref byte change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, ref byte events, int maxEvents, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
