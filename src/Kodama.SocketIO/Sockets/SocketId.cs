using System.Buffers.Text;
using System.Security.Cryptography;

namespace Kodama.SocketIO;

/// <summary>Ids of sockets and their secrets: 20 characters of base64url, 120 random bits.</summary>
internal static class SocketId
{
    public static string New()
    {
        Span<byte> random = stackalloc byte[15];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }
}
