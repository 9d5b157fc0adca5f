using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Kodama.WebSockets;

/// <summary>The key and the answer of the opening handshake (RFC 6455 sections 1.3, 4.1 and 4.2).</summary>
public static class Handshake
{
    /// <summary>The only version there is (RFC 6455 section 4.1).</summary>
    public const string Version = "13";

    private const int NonceSize = 16;
    private const int KeyLength = 24;

    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>A fresh Sec-WebSocket-Key: 16 random bytes in base64.</summary>
    public static string CreateKey()
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        RandomNumberGenerator.Fill(nonce);
        return Convert.ToBase64String(nonce);
    }

    /// <summary>Whether a Sec-WebSocket-Key is 16 bytes in base64.</summary>
    public static bool IsValidKey(string? key) =>
        key is { Length: KeyLength } && Base64.IsValid(key, out int decodedLength) && decodedLength == NonceSize;

    /// <summary>The Sec-WebSocket-Accept that answers <paramref name="key"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="key"/> is not valid.</exception>
    public static string AcceptKey(string key)
    {
        if (!IsValidKey(key))
            throw new ArgumentException($"'{key}' is not 16 bytes in base64.", nameof(key));

        Span<byte> text = stackalloc byte[KeyLength + Guid.Length];
        Encoding.ASCII.GetBytes(key, text);
        Guid.CopyTo(text[KeyLength..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The RFC demands SHA-1; it guards nothing here.
        SHA1.HashData(text, hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }
}
