using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kodama.SocketIO;

/// <summary>The cookie that tells a session's id to proxies (RFC 6265). The server itself does not read it.</summary>
public sealed class SessionCookie
{
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \t\r\n;,=\"");

    /// <summary>Default <c>io</c>.</summary>
    public string Name { get; set; } = "io";

    /// <summary>Default <c>/</c>.</summary>
    public string Path { get; set; } = "/";

    /// <summary>Default null: the host that set it.</summary>
    public string? Domain { get; set; }

    /// <summary>Default null: until the browser ends.</summary>
    public TimeSpan? MaxAge { get; set; }

    /// <summary>Whether scripts cannot read it. Default true.</summary>
    public bool HttpOnly { get; set; } = true;

    /// <summary>Whether it is sent over TLS only. Default false.</summary>
    public bool Secure { get; set; }

    /// <summary>Default <see cref="SameSiteMode.Lax"/>.</summary>
    public SameSiteMode SameSite { get; set; } = SameSiteMode.Lax;

    internal void Validate()
    {
        var isToken = Name is { Length: > 0 } && !Name.AsSpan().ContainsAny(NotInNames);
        EngineOptions.Require(isToken, $"Cookie.Name is \"{Name}\"; it must be a token such as io.");
        foreach (var value in (ReadOnlySpan<string?>)[Path, Domain])
        {
            EngineOptions.Require(
                !value.AsSpan().ContainsAny(";\r\n"), $"Cookie has \"{value}\"; a cookie's attribute holds no semicolon and no line end.");
        }
    }

    /// <summary>The value of <c>Set-Cookie</c>.</summary>
    internal string For(string sid)
    {
        var cookie = new StringBuilder($"{Name}={sid}");
        if (MaxAge is { } age) cookie.Append(CultureInfo.InvariantCulture, $"; Max-Age={(long)age.TotalSeconds}");
        if (Domain is not null) cookie.Append($"; Domain={Domain}");
        if (Path is { Length: > 0 }) cookie.Append($"; Path={Path}");
        if (HttpOnly) cookie.Append("; HttpOnly");
        if (Secure) cookie.Append("; Secure");
        if (SameSite != SameSiteMode.Unspecified) cookie.Append($"; SameSite={SameSite}");
        return cookie.ToString();
    }
}
