using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Kodama.Discovery;

/// <summary>By what a device and a hub show each other, digit by digit, that they know the same code and mean the same hub
/// (docs/specs/https.md).</summary>
/// <param name="Session">Of the hub.</param>
/// <param name="Fingerprint">Of the hub, as this side knows it.</param>
/// <param name="Code">Its digits.</param>
public sealed record PairingProof(string Session, string Fingerprint, string Code)
{
    /// <summary>Digits of a code.</summary>
    public const int Digits = 6;

    /// <summary>Bytes that are revealed.</summary>
    public const int NonceSize = 32;

    /// <summary>What commits a side to a digit without telling it.</summary>
    /// <param name="isHub">Whose it is.</param>
    /// <param name="index">0 to 5.</param>
    /// <param name="nonce">Random, and secret until it is revealed.</param>
    public byte[] Commit(bool isHub, int index, ReadOnlySpan<byte> nonce)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var side = isHub ? "hub" : "device";
        var digit = index.ToString(CultureInfo.InvariantCulture);
        string[] parts = ["kodama-pair", side, Session, Fingerprint, digit, Code[index..(index + 1)]];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData([(byte)bytes.Length]);
            hash.AppendData(bytes);
        }
        hash.AppendData(nonce);
        return hash.GetHashAndReset();
    }

    /// <summary>Whether what the other side has revealed fits what it had committed to, and this side's code and hub.</summary>
    public bool Fits(bool isHub, int index, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> commitment) =>
        nonce.Length == NonceSize && CryptographicOperations.FixedTimeEquals(Commit(isHub, index, nonce), commitment);
}
