using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Kodama.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kodama.Server;

/// <summary>A WebSocket handshake in an HTTP/1.1 upgrade (RFC 6455 section 4.2) or an HTTP/2 extended CONNECT (RFC 8441).</summary>
internal sealed class UpgradeRequest
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly HttpContext context;
    private readonly IHttpUpgradeFeature? upgrade;
    private readonly IHttpExtendedConnectFeature? connect;
    private string? extensions;

    private UpgradeRequest(HttpContext context, IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect)
    {
        this.context = context;
        this.upgrade = upgrade;
        this.connect = connect;
    }

    /// <summary>Whether the connection is this request's alone.</summary>
    public bool IsHttp11 => upgrade is not null;

    /// <summary>What <see cref="AcceptAsync"/> will answer: as ws does, the first that the client offers, as a browser would not take
    /// none.</summary>
    public string? Subprotocol { get; private set; }

    /// <summary>Whether the request is a handshake, good or bad. (Some HTTP clients offer an upgrade to HTTP/2 with every
    /// request.)</summary>
    public static bool IsWebSocket(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
        || (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } && NamesWebSocket(context.Request));

    /// <summary>Whether the client of an HTTP/1.1 request would rather speak WebSocket.</summary>
    public static bool NamesWebSocket(HttpRequest request) =>
        request.Headers.Upgrade.ToString().Split(',', StringSplitOptions.TrimEntries)
            .Contains("websocket", StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the handshake, or says what is wrong with it.</summary>
    public static HttpError? TryRead(HttpContext context, out UpgradeRequest upgrade)
    {
        var connect = context.Features.Get<IHttpExtendedConnectFeature>();
        if (connect is not { IsExtendedConnect: true }) connect = null;
        var http11 = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } feature ? feature : null;
        upgrade = new UpgradeRequest(context, http11, connect);
        if (connect is not null || http11 is not null) return upgrade.Check();
        // With a body the server takes it for no upgrade.
        return NamesWebSocket(context.Request) && HasBody(context.Request)
            ? BadHandshake("A WebSocket handshake has no body.")
            : NotAnUpgrade();
    }

    /// <summary>Takes the first of the client's subprotocols that is supported, or none.</summary>
    public void ChooseSubprotocol(IEnumerable<string> supported) => Subprotocol = Offered.FirstOrDefault(supported.Contains);

    /// <summary>Takes this subprotocol if the client offers it; else the choice stays.</summary>
    public bool TryChooseSubprotocol(string subprotocol)
    {
        if (!Offered.Contains(subprotocol, StringComparer.Ordinal)) return false;
        Subprotocol = subprotocol;
        return true;
    }

    /// <summary>The headers of a refused handshake (RFC 6455 section 4.4, RFC 9110 section 15.5.22).</summary>
    public static void TellWhatIsSpoken(HttpResponse response, HttpError failure)
    {
        if (failure.StatusCode == StatusCodes.Status426UpgradeRequired) response.Headers.Upgrade = "websocket";
        response.Headers.SecWebSocketVersion = Handshake.Version;
    }

    /// <summary>Takes compression if the client offers it in a form that can be honoured.</summary>
    public bool TryAcceptDeflate(PerMessageDeflateOptions? options, [NotNullWhen(true)] out DeflateParameters? negotiated)
    {
        negotiated = null;
        if (options is null) return false;
        if (!PerMessageDeflate.TryAccept(context.Request.Headers.SecWebSocketExtensions, options, out negotiated, out var answer))
            return false;
        extensions = answer;
        return true;
    }

    /// <summary>Sends the answer to the handshake; what follows is WebSocket.</summary>
    public async ValueTask<Stream> AcceptAsync()
    {
        var request = context.Request.Headers;
        var answer = context.Response.Headers;
        if (Subprotocol is not null) answer.SecWebSocketProtocol = Subprotocol;
        if (extensions is not null) answer.SecWebSocketExtensions = extensions;
        if (connect is not null) return await connect.AcceptAsync();
        answer.Connection = "Upgrade";
        answer.Upgrade = "websocket";
        answer.SecWebSocketAccept = Handshake.AcceptKey(request.SecWebSocketKey.ToString());
        return await upgrade!.UpgradeAsync();
    }

    private HttpError? Check()
    {
        var request = context.Request.Headers;
        if (request.SecWebSocketVersion != Handshake.Version)
        {
            return new(
                "UPGRADE_REQUIRED", $"Sec-WebSocket-Version is \"{request.SecWebSocketVersion}\"; this hub speaks version 13.",
                StatusCodes.Status426UpgradeRequired);
        }
        Subprotocol = FirstSubprotocol();
        if (Subprotocol is not null && !IsToken(Subprotocol))
        {
            return BadHandshake("The first Sec-WebSocket-Protocol is not a token (RFC 9110 section 5.6.2).");
        }
        if (connect is not null)
        {
            return connect.Protocol == "websocket" ? null : BadHandshake($":protocol is \"{connect.Protocol}\"; it must be websocket.");
        }
        // Methods have a case (RFC 9110 section 9.1), which ASP.NET Core does not mind.
        var (method, protocol) = (context.Request.Method, context.Request.Protocol);
        if (method != HttpMethods.Get) return BadHandshake($"The method is {method}; a WebSocket handshake is a GET.");
        if (!HttpProtocol.IsHttp11(protocol)) return BadHandshake($"The request is {protocol}; a WebSocket handshake is HTTP/1.1.");
        if (!NamesWebSocket(context.Request)) return NotAnUpgrade();
        if (!Handshake.IsValidKey(request.SecWebSocketKey)) return BadHandshake("Sec-WebSocket-Key must be 16 bytes in base64.");
        return null;
    }

    private IEnumerable<string> Offered =>
        context.Request.Headers.SecWebSocketProtocol.SelectMany(p => p!.Split(',', StringSplitOptions.TrimEntries));

    private static bool HasBody(HttpRequest request) => request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0;

    private string? FirstSubprotocol() =>
        context.Request.Headers.SecWebSocketProtocol is [{ } protocols, ..] ? protocols.Split(',', 2)[0].Trim() : null;

    private static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);

    private static HttpError NotAnUpgrade() =>
        new("UPGRADE_REQUIRED", "This address speaks WebSocket: connect with a WebSocket client.", StatusCodes.Status426UpgradeRequired);

    private static HttpError BadHandshake(string message) => new("BAD_HANDSHAKE", message, StatusCodes.Status400BadRequest);
}
