using System.Numerics;

namespace Kodama.WebSockets;

/// <summary>
/// The last bytes that the other side sent compressed, to which its next message may refer (context takeover, RFC 7692 section 7.1.1).
/// It takes up no more than was sent.
/// </summary>
/// <param name="size">How far back the other side may refer.</param>
internal sealed class InflateWindow(int size)
{
    private byte[] bytes = [];
    private int length;

    /// <summary>Puts the window before a message to be inflated and answers its size in bytes.</summary>
    public int CopyTo(ref PooledBytes output)
    {
        output.Append(bytes.AsSpan(0, length));
        return length;
    }

    /// <summary>Keeps the end of <paramref name="output"/>, which is the window before followed by the message.</summary>
    public void Keep(ReadOnlySpan<byte> output)
    {
        length = Math.Min(size, output.Length);
        if (bytes.Length < length)
            bytes = new byte[Math.Min(size, (int)BitOperations.RoundUpToPowerOf2((uint)length))];
        output[^length..].CopyTo(bytes);
    }
}
