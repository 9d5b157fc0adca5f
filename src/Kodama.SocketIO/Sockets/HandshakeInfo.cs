using System.Collections.ObjectModel;
using System.Net;
using System.Security.Claims;
using System.Text.Json;

namespace Kodama.SocketIO;

/// <summary>What a client said when it connected: the session's first request, and what it sent to this namespace as <c>auth</c>.</summary>
public sealed class HandshakeInfo
{
    private readonly HandshakeRequest request;
    private Dictionary<string, string>? query;
    private readonly ReadOnlyMemory<byte> auth;
    private object? parsed;

    internal HandshakeInfo(HandshakeRequest request, ReadOnlyMemory<byte> auth)
    {
        this.request = request;
        this.auth = auth;
    }

    /// <summary>The query's parameters.</summary>
    public IReadOnlyDictionary<string, string> Query => query ??= request.Query();

    /// <summary>The headers, their names in any case; none, unless <see cref="EngineOptions.KeepHeaders"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers => request.Headers ?? ReadOnlyDictionary<string, string>.Empty;

    /// <summary>Where the client connects from.</summary>
    public IPAddress? Address => request.RemoteAddress;

    /// <summary>Who it is, if an authenticator or the surrounding application knows.</summary>
    public ClaimsPrincipal? Principal => request.Principal;

    /// <summary>Path and query.</summary>
    public string Url => request.Url;

    /// <summary>Whether it came by TLS.</summary>
    public bool Secure => request.IsSecure;

    /// <summary>Whether it came from a web page of another origin.</summary>
    public bool CrossDomain => request.IsCrossDomain;

    /// <summary>When it came.</summary>
    public DateTimeOffset Time => request.Time;

    /// <summary>The object that the client gave as <c>auth</c>; an empty one if it gave none.</summary>
    public JsonElement Auth => (JsonElement)(parsed ??= Parse(auth.IsEmpty ? "{}"u8.ToArray() : auth));

    /// <summary>The same as it came; empty for none.</summary>
    internal ReadOnlyMemory<byte> AuthJson => auth;

    /// <summary>A string in <see cref="Auth"/>, or null.</summary>
    public string? GetAuth(string name) =>
        !auth.IsEmpty && Auth.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? Text(value) : null;

    // Half of a surrogate pair is JSON and yet no string.
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
