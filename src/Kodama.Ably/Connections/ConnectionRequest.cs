using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Kodama.Ably;

/// <summary>What a client asks for in its address (docs/specs/ably.md, C1 to C3).</summary>
internal sealed class ConnectionRequest
{
    private static readonly TimeSpan MaxGrace = TimeSpan.FromMinutes(5);

    public WireFormat Format { get; private init; }

    /// <summary>Why it is refused; null, if it is not.</summary>
    public AblyError? Error { get; private init; }

    public Access Access { get; private init; } = null!;

    /// <summary>The session's public id, and the connection's.</summary>
    public string Id { get; private init; } = "";

    public bool IsResumed { get; private init; }

    /// <summary>Whether it wanted to come back, and cannot.</summary>
    public bool IsLost { get; private init; }

    /// <summary>Whether it is told what it has said itself.</summary>
    public bool Echo { get; private init; }

    /// <summary>How long its members wait for it; null for as long as the hub has it.</summary>
    public TimeSpan? Grace { get; private init; }

    public static ConnectionRequest Read(HttpRequest request, AblyHub door)
    {
        var (credentials, sessions) = (door.Credentials, door.Hub.Sessions);
        var query = request.Query;
        var format = query["format"] == "msgpack" ? WireFormat.MessagePack : WireFormat.Json;
        if (query["v"].ToString() is { Length: > 0 } version && !IsSpoken(version))
            return new() { Format = format, Error = AblyError.BadRequest($"Version {Cut(version)} of the protocol is not spoken here; 2 "
                + $"and later are.") };
        var (shown, error) = credentials.Read(request);
        var access = shown;
        if (shown is not null) (access, error) = shown.As(query["clientId"].FirstOrDefault());
        if (access is null) return new() { Format = format, Error = error };
        var wanted = query["resume"].FirstOrDefault() ?? query["recover"].FirstOrDefault();
        var resumed = wanted is null ? null : TryResume(wanted, access, door);
        var id = resumed ?? sessions.New().Id;
        return new()
        {
            Format = format,
            Access = access,
            Id = id,
            IsResumed = resumed is not null,
            IsLost = wanted is not null && resumed is null,
            Echo = query["echo"] != "false",
            Grace = GraceOf(query["remainPresentFor"]),
        };
    }

    /// <summary>
    /// The key of a connection, for who speaks as this client: <c>ID!SECRET.NUMBER</c>, another with each connection (RTN15e).
    /// </summary>
    public static string KeyOf(string id, Access access, SessionKeys sessions) =>
        $"{id}!{sessions.SecretOf(id, PrincipalOf(access, access.Name))}.{RandomNumberGenerator.GetHexString(4, lowercase: true)}";

    /// <summary>The id of the connection whose key it is, if it is one of this client's; else null.</summary>
    public static string? TryResume(string key, Access access, AblyHub door) =>
        key.Split('!', '.') is [{ Length: > 0 } id, var secret, _]
        && (door.Hub.Sessions.IsSecretOf(id, secret, PrincipalOf(access, access.Name))
            // It may have become this client since (AUTH), which SDKs do not heed in the key.
            || (door.Names.Has(id, access.Name) && door.Hub.Sessions.IsSecretOf(id, secret, PrincipalOf(access, name: null))))
            ? id
            : null;

    // Whoever finds another client's key does not get its connection for it.
    private static string PrincipalOf(Access access, string? name) => $"ably\n{access.App.Id}\n{name}";

    private static bool IsSpoken(string version)
    {
        var point = version.IndexOf('.', StringComparison.Ordinal);
        return int.TryParse(version.AsSpan(0, point < 0 ? version.Length : point), NumberStyles.None, CultureInfo.InvariantCulture,
            out var major) && major >= 2;
    }

    private static TimeSpan? GraceOf(string? milliseconds) =>
        int.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var said)
            ? TimeSpan.FromMilliseconds(Math.Min(said, MaxGrace.TotalMilliseconds))
            : null;

    private static string Cut(string text) => text.Length <= 32 ? text : text[..32];
}
