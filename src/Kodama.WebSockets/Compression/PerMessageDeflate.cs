using System.Diagnostics.CodeAnalysis;

namespace Kodama.WebSockets;

/// <summary>
/// Negotiates permessage-deflate (RFC 7692 sections 5 and 7.1) for either end. This end always compresses without context takeover, and
/// in whatever window the other asks for.
/// </summary>
public static class PerMessageDeflate
{
    private const string Name = "permessage-deflate";
    private const string ServerNoContextTakeover = "server_no_context_takeover";
    private const string ClientNoContextTakeover = "client_no_context_takeover";
    private const string ServerMaxWindowBits = "server_max_window_bits";
    private const string ClientMaxWindowBits = "client_max_window_bits";
    private const int Most = DeflateParameters.MostWindowBits;

    /// <summary>
    /// The server's side: takes the first offer that it can honour. Offers with an unknown, repeated or wrong parameter are declined.
    /// False: the connection goes on without the extension.
    /// </summary>
    /// <param name="header">
    /// The request's Sec-WebSocket-Extensions, several lines joined by commas, or null. One that breaks the grammar is declined; a
    /// server that would rather refuse the handshake asks <see cref="WebSocketExtension.TryParse"/> first (RFC 6455 section 9.1).
    /// </param>
    /// <param name="options">What this end wants.</param>
    /// <param name="negotiated">What holds from now on, for the connection's reader.</param>
    /// <param name="response">The value of the response's Sec-WebSocket-Extensions.</param>
    public static bool TryAccept(
        string? header,
        PerMessageDeflateOptions options,
        [NotNullWhen(true)] out DeflateParameters? negotiated,
        [NotNullWhen(true)] out string? response)
    {
        ArgumentNullException.ThrowIfNull(options);
        (negotiated, response) = (null, null);
        if (header is null || !WebSocketExtension.TryParse(header, out IReadOnlyList<WebSocketExtension> offers))
            return false;

        foreach (WebSocketExtension offer in offers)
        {
            if (!IsDeflate(offer) || !TryRead(offer, isOffer: true, out Parameters asked))
                continue;

            bool clientKeepsNothing = asked.ClientNoContextTakeover || !options.PeerContextTakeover;
            // Who did not offer to limit its window may not be asked to (RFC 7692 section 7.1.2.2); who gave no value may use any.
            int clientBits = asked.ClientBits switch
            {
                null => Most,
                0 => options.PeerMaxWindowBits,
                { } bits => Math.Min(bits, options.PeerMaxWindowBits),
            };
            bool tellsClientBits = asked.ClientBits is > 0 || clientBits < Most;
            negotiated = new DeflateParameters(true, clientKeepsNothing, asked.ServerBits ?? Most, clientBits);
            response = $"{Name}; {ServerNoContextTakeover}"
                + (clientKeepsNothing ? $"; {ClientNoContextTakeover}" : "")
                + (asked.ServerBits is { } serverBits ? $"; {ServerMaxWindowBits}={serverBits}" : "")
                + (tellsClientBits ? $"; {ClientMaxWindowBits}={clientBits}" : "");
            return true;
        }
        return false;
    }

    /// <summary>The client's side: the value of the request's Sec-WebSocket-Extensions.</summary>
    public static string Offer(PerMessageDeflateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return $"{Name}; {ClientNoContextTakeover}; {ClientMaxWindowBits}"
            + (options.PeerContextTakeover ? "" : $"; {ServerNoContextTakeover}")
            + (options.PeerMaxWindowBits == Most ? "" : $"; {ServerMaxWindowBits}={options.PeerMaxWindowBits}");
    }

    /// <summary>
    /// The client's side: checks the server's answer to <see cref="Offer"/>. False: the answer is no answer to the offer, and the
    /// connection must be failed (RFC 7692 section 5.1).
    /// </summary>
    /// <param name="header">The response's Sec-WebSocket-Extensions, several lines joined by commas, or null.</param>
    /// <param name="options">What was offered.</param>
    /// <param name="negotiated">What holds from now on; null where the server declined.</param>
    public static bool TryConfirm(string? header, PerMessageDeflateOptions options, out DeflateParameters? negotiated)
    {
        ArgumentNullException.ThrowIfNull(options);
        negotiated = null;
        if (header is null)
            return true;
        if (!WebSocketExtension.TryParse(header, out IReadOnlyList<WebSocketExtension> answers)
            || answers is not [var answer]
            || !IsDeflate(answer)
            || !TryRead(answer, isOffer: false, out Parameters given)
            || (given.ServerBits ?? Most) > options.PeerMaxWindowBits
            || (!given.ServerNoContextTakeover && !options.PeerContextTakeover))
            return false;

        negotiated = new DeflateParameters(given.ServerNoContextTakeover, true, given.ServerBits ?? Most, given.ClientBits ?? Most);
        return true;
    }

    private static bool IsDeflate(WebSocketExtension extension) => extension.Name == Name;

    private static bool TryRead(WebSocketExtension extension, bool isOffer, out Parameters parameters)
    {
        parameters = default;
        foreach ((string name, string? value) in extension.Parameters)
        {
            bool read = name switch
            {
                ServerNoContextTakeover => value is null && Once(ref parameters.ServerNoContextTakeover),
                ClientNoContextTakeover => value is null && Once(ref parameters.ClientNoContextTakeover),
                ServerMaxWindowBits => TryReadBits(value, mayBeEmpty: false, ref parameters.ServerBits),
                ClientMaxWindowBits => TryReadBits(value, mayBeEmpty: isOffer, ref parameters.ClientBits),
                _ => false,
            };
            if (!read)
                return false;
        }
        return true;
    }

    private static bool Once(ref bool seen) => !seen && (seen = true);

    private static bool TryReadBits(string? value, bool mayBeEmpty, ref int? bits)
    {
        if (bits is not null)
            return false;
        bits = value switch
        {
            null when mayBeEmpty => 0,
            [>= '8' and <= '9'] => value[0] - '0',
            ['1', >= '0' and <= '5'] => 10 + value[1] - '0',
            _ => null,
        };
        return bits is not null;
    }

    /// <summary>The parameters of one offer or answer; bits are null where absent, and 0 where present without a value.</summary>
    private struct Parameters
    {
        public bool ServerNoContextTakeover;
        public bool ClientNoContextTakeover;
        public int? ServerBits;
        public int? ClientBits;
    }
}
