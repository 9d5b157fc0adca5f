using System.Buffers.Text;
using System.Security.Cryptography;

namespace Kodama.SocketIO;

/// <summary>New ids of sockets and of their sessions, and the secrets of recovery. As node's they are 20 characters of base64url, here of
/// 120 random bits.</summary>
internal static class SocketId
{
    private const int RandomBytes = 15;

    public static string New()
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    /// <summary>Whether a name could be one.</summary>
    public static bool IsLike(string name) => name.Length == RandomBytes * 4 / 3 && Base64Url.IsValid(name);
}
