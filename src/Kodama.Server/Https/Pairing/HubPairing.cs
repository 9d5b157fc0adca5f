using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Kodama.Discovery;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>A device that asks to be paired, and the code that is to be typed there.</summary>
/// <param name="Code">Six digits, valid once and for two minutes.</param>
/// <param name="Address">The device's.</param>
public sealed record PairingRequest(string Code, IPAddress? Address);

/// <summary>
/// Pairs devices with a hub of its own authority by six digits (docs/specs/https.md). Only while somebody is told of the codes:
/// <see cref="Asked"/>. Its members may be used by several threads.
/// </summary>
public sealed class HubPairing
{
    private const int MostInWindow = 5;
    private const int SessionBytes = 16;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly HttpError Busy = new(
        "PAIRING_BUSY", "Another device is being paired, which has two minutes, or five have asked within ten: try again after that.",
        StatusCodes.Status429TooManyRequests);

    private static readonly HttpError Failed = new(
        "PAIRING_FAILED", "The code does not fit, or its time is over: begin again, with the code that the hub shows then.",
        StatusCodes.Status403Forbidden);

    private readonly string fingerprint;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly Queue<long> begun = new();
    private Attempt? current;

    internal HubPairing(string fingerprint, TimeProvider time)
    {
        this.fingerprint = fingerprint;
        this.time = time;
    }

    /// <summary>Somebody asks to be paired: the code is to be shown to whoever runs the hub, and to nobody else. Must not take its
    /// time.</summary>
    public event Action<PairingRequest>? Asked;

    internal bool IsOpen => Asked is not null;

    internal HttpError? Begin(IPAddress? address, out string session)
    {
        session = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SessionBytes));
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        lock (gate)
        {
            while (begun.TryPeek(out var first) && time.GetElapsedTime(first) >= Window) begun.Dequeue();
            if (begun.Count >= MostInWindow || (current is { } other && !IsOver(other))) return Busy;
            begun.Enqueue(time.GetTimestamp());
            current = new Attempt(new PairingProof(session, fingerprint, code), time.GetTimestamp());
        }
        Asked?.Invoke(new PairingRequest(code, address));
        return null;
    }

    /// <summary>The device commits itself to the next digit; so does the hub.</summary>
    internal HttpError? Commit(string session, byte[] theirs, out byte[] ours)
    {
        ours = [];
        lock (gate)
        {
            if (Find_NeedsLock(session) is not { Theirs: null } attempt) return Fail_NeedsLock(session);
            attempt.Theirs = theirs;
            attempt.Nonce = RandomNumberGenerator.GetBytes(PairingProof.NonceSize);
            ours = attempt.Proof.Commit(isHub: true, attempt.Digit, attempt.Nonce);
            return null;
        }
    }

    /// <summary>The device reveals; so does the hub, where that fits.</summary>
    internal HttpError? Reveal(string session, byte[] theirs, out byte[] ours, out bool isDone)
    {
        (ours, isDone) = ([], false);
        lock (gate)
        {
            if (Find_NeedsLock(session) is not { Theirs: { } commitment } attempt
                || !attempt.Proof.Fits(isHub: false, attempt.Digit, theirs, commitment))
                return Fail_NeedsLock(session);
            ours = attempt.Nonce;
            attempt.Theirs = null;
            attempt.Digit++;
            isDone = attempt.Digit == PairingProof.Digits;
            if (isDone) current = null;
            return null;
        }
    }

    private Attempt? Find_NeedsLock(string session) =>
        current is { } attempt && attempt.Proof.Session == session && !IsOver(attempt) ? attempt : null;

    // Used once, with success or without.
    private HttpError Fail_NeedsLock(string session)
    {
        if (current?.Proof.Session == session) current = null;
        return Failed;
    }

    private bool IsOver(Attempt attempt) => time.GetElapsedTime(attempt.BegunAt) >= Patience;

    private sealed class Attempt(PairingProof proof, long begunAt)
    {
        public PairingProof Proof => proof;

        public long BegunAt => begunAt;

        public int Digit { get; set; }

        public byte[]? Theirs { get; set; }

        public byte[] Nonce { get; set; } = [];
    }
}
