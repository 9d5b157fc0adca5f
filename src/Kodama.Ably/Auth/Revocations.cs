namespace Kodama.Ably;

/// <summary>Tokens of an app that count no more, though they have not ended (RSA17). Kept while they could. Thread-safe.</summary>
internal sealed class Revocations(TimeProvider time)
{
    private const int Most = 4096;
    private static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly Lock gate = new();
    private Revocation[] all = [];

    public IReadOnlyList<Revocation> All => Volatile.Read(ref all);

    /// <summary>True, if it is new; null, where there are as many as may be.</summary>
    public bool? TryAdd(Revocation revocation)
    {
        lock (gate)
        {
            if (all.Contains(revocation)) return false;
            var oldest = time.GetUtcNow() - Life;
            Revocation[] kept = [.. all.Where(known => known.AppliesAt > oldest)];
            if (kept.Length >= Most) return null;
            Volatile.Write(ref all, [.. kept, revocation]);
            return true;
        }
    }

    /// <summary>Whether a token is revoked by now.</summary>
    public bool Has(Access access)
    {
        if (!access.IsToken) return false;
        var now = time.GetUtcNow();
        foreach (var revocation in Volatile.Read(ref all))
        {
            if (revocation.AppliesAt <= now && revocation.Takes(access)) return true;
        }
        return false;
    }
}

/// <summary>Which tokens are revoked.</summary>
/// <param name="KeyName">Of which key.</param>
/// <param name="Type"><c>clientId</c>, <c>revocationKey</c> or <c>channel</c>.</param>
/// <param name="Value">Of that.</param>
/// <param name="IssuedBefore">Those made before, in milliseconds.</param>
/// <param name="AppliesAt">From when on.</param>
internal sealed record Revocation(string KeyName, string Type, string Value, long IssuedBefore, DateTimeOffset AppliesAt)
{
    // The year 9999.
    private const long MostTime = 253_402_300_800_000;

    /// <summary>As another hub has written it; null for what is none.</summary>
    public static Revocation? Read(WireElement element) =>
        element["key"u8].Text is { } key && element["type"u8].Text is { } type && element["value"u8].Text is { } value
            && element["before"u8].Integer is { } before && element["at"u8].Integer is >= 0 and < MostTime and var at
            ? new Revocation(key, type, value, before, DateTimeOffset.FromUnixTimeMilliseconds(at))
            : null;

    /// <summary>For another hub.</summary>
    public void Write(WireWriter writer) =>
        writer.StartMap().Name("key"u8).Text(KeyName).Name("type"u8).Text(Type).Name("value"u8).Text(Value)
            .Name("before"u8).Number(IssuedBefore).Name("at"u8).Number(AppliesAt.ToUnixTimeMilliseconds()).End();

    public bool Takes(Access access) =>
        access.Key.Name == KeyName && access.Issued < IssuedBefore && Type switch
        {
            "clientId" => access.ClientId == Value,
            "revocationKey" => access.RevocationKey == Value,
            _ => access.Capability.On(Value) != Operations.None,
        };
}
