using System.Net.Security;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Kodama.Server;

/// <summary>
/// Has OpenSSL give back the buffers of a connection whenever they are empty (<c>SSL_MODE_RELEASE_BUFFERS</c>), which .NET does not ask
/// for: two of 17 KB, which are most of what a silent connection holds (docs/decisions/0032).
/// </summary>
/// <remarks>By a private field of <see cref="SslStream"/>. Where there is none, or another OpenSSL, it does nothing.</remarks>
internal static partial class ReleasedBuffers
{
    // Of openssl/ssl.h.
    private const int ControlMode = 33;
    private const int ModeReleaseBuffers = 0x10;
    private const long OpenSsl3 = 0x30000000;
    private const string Library = "libssl.so.3";

    // Another library than the one that .NET calls would be given what is not its own.
    private static readonly FieldInfo? Handle = OperatingSystem.IsLinux() && IsOpenSsl3()
        ? typeof(SslStream).GetField("_securityContext", BindingFlags.Instance | BindingFlags.NonPublic)
        : null;

    /// <summary>After the handshake, while nothing is read or written. Whether it could be done.</summary>
    public static bool Ask(SslStream tls)
    {
        if (Handle?.GetValue(tls) is not SafeHandle { IsInvalid: false } handle || handle.GetType().Name != "SafeSslHandle")
            return false;
        var isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            return (Control(handle.DangerousGetHandle(), ControlMode, ModeReleaseBuffers, 0) & ModeReleaseBuffers) != 0;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (isHeld) handle.DangerousRelease();
        }
    }

    private static bool IsOpenSsl3()
    {
        if (OperatingSystem.IsWindows()) return false;
        try
        {
            return Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE") is null
                && SafeEvpPKeyHandle.OpenSslVersion >= OpenSsl3;
        }
        catch (Exception exception) when (exception is PlatformNotSupportedException or DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport(Library, EntryPoint = "SSL_ctrl")]
    private static partial nint Control(nint ssl, int command, nint larger, nint pointer);
}
