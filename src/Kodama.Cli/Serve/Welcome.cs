using System.Net;
using System.Runtime.CompilerServices;
using Kodama.Cli.Terminals;
using Kodama.Cli.Trust;
using Kodama.Server;

namespace Kodama.Cli.Serve;

/// <summary>What people need to join: addresses, a QR code for a phone, and who may come in.</summary>
internal static class Welcome
{
    private const string Indent = "  ";

    public static void Write(Terminal terminal, ServeOptions options, IReadOnlyList<string> addresses, bool quiet)
    {
        var token = options.Hub.Token;
        var links = addresses.Select(address => token is null ? address : $"{address}/?token={Uri.EscapeDataString(token)}").ToList();
        if (quiet)
        {
            foreach (var link in links) terminal.WriteLine(link);
            return;
        }
        terminal.WriteLine($"{options.Hub.Name} is open at");
        terminal.WriteLine();
        foreach (var link in links) terminal.WriteLine(Indent + link);
        terminal.WriteLine();
        if (options.Authority is { } authority) WriteTrust(terminal, authority, addresses[0], options.Data);
        if (!new Uri(addresses[0]).IsLoopback) WriteCode(terminal, options.Authority is null ? links[0] : TrustLink(options, addresses[0]));
        if (!IsOnlyHere(options.Listen.Host))
        {
            terminal.WriteLine(options.Hub.Advertise
                ? $"The network finds it by its name: kodama connect {Printable.Argument(options.Hub.Name!)}{TokenOption(options)}"
                : "It is not advertised: the network finds it by its address only.");
        }
        var isOnlyHere = IsOnlyHere(options.Listen.Host);
        if (isOnlyHere) terminal.WriteLine("Only this machine can reach it; --host 0.0.0.0 opens it to the network.");
        if (options.Tokens)
        {
            terminal.WriteLine(TokensText(options));
        }
        else if (!isOnlyHere)
        {
            terminal.WriteLine(token is null
                ? "No token is set: anyone on the network can join. --token SECRET keeps others out, or --tokens, with one for each."
                : "A token is needed to join; the addresses above carry it.");
        }
        if (options.HasPusher) WritePusher(terminal, options, new Uri(addresses[0]));
        if (options.HasAbly) WriteAbly(terminal, options, new Uri(addresses[0]));
        if (options.Dev)
            terminal.WriteLine("--dev: web pages of localhost may use it, at any port, of whichever machine has opened one.");
        if (options.Hub.Www is { } www)
            terminal.WriteLine($"The pages are those in {Printable.Line(Path.GetFullPath(www))}; the hub's own is {addresses[0]}/kodama");
        if (!string.IsNullOrWhiteSpace(options.Redis))
            terminal.WriteLine("The rooms are shared over Redis, with all hubs that name the same one.");
        else if (!string.IsNullOrWhiteSpace(options.Data))
            terminal.WriteLine($"The rooms are kept in {Printable.Line(Path.GetFullPath(options.Data))}: they outlive the hub.");
        if (options.HasMadeAdminToken) terminal.WriteLine($"Whoever has this link runs the hub: {AdminLink(options.Hub, addresses)}");
        terminal.WriteLine("Ctrl-C stops the hub.");
    }

    private static string TokenOption(ServeOptions options) => options.Tokens || options.Hub.Token is not null ? " --token TOKEN" : "";

    private static string TokensText(ServeOptions options)
    {
        var anyones = options.Hub.Token is null ? "" : ", or that of --token, which the addresses above carry";
        return $"Who comes in needs a token: kodama token create --name NAME{ConfigFolder.Option(options.Data)}{anyones}";
    }

    private static void WriteTrust(Terminal terminal, HubAuthority authority, string address, string? data)
    {
        terminal.WriteLine($"Devices that do not trust it yet begin at {Plain(address)}/trust; "
            + $"this machine by: kodama trust{ConfigFolder.Option(data)}");
        terminal.WriteLine("They trust the right one if they show this fingerprint (SHA-256):");
        terminal.WriteLine(Indent + Fingerprints.Shown(authority.Fingerprint));
        terminal.WriteLine();
    }

    // What must not be read on the way is in the fragment.
    private static string TrustLink(ServeOptions options, string address)
    {
        var token = options.Hub.Token is { } secret ? $"&token={Uri.EscapeDataString(secret)}" : "";
        return $"{Plain(address)}/trust#sha256={options.Authority!.Fingerprint}{token}";
    }

    private static string Plain(string address) => $"http{address[address.IndexOf(':', StringComparison.Ordinal)..]}";

    // In the fragment, which a browser keeps to itself. On this machine it goes over no network, where there is such an address.
    private static string AdminLink(KodamaOptions hub, IReadOnlyList<string> addresses)
    {
        var here = addresses.FirstOrDefault(address => new Uri(address).IsLoopback) ?? addresses[0];
        var query = hub.Token is { } token ? $"?token={Uri.EscapeDataString(token)}" : "";
        return $"{here}/kodama{query}#admin={hub.AdminToken}";
    }

    // The secret of an app that somebody has given is known to who has given it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WritePusher(Terminal terminal, ServeOptions options, Uri address)
    {
        var isMade = options.HasMadePusherApp;
        var isTls = address.Scheme == Uri.UriSchemeHttps;
        foreach (var app in options.Pusher!.Apps)
        {
            var client = $"cluster: 'lan', wsHost: '{address.Host}', wsPort: {address.Port}, wssPort: {address.Port}, "
                + $"forceTLS: {(isTls ? "true" : "false")}, enabledTransports: ['ws', 'wss']";
            terminal.WriteLine($"Pusher's clients come in by app {app.Id}:");
            terminal.WriteLine($"{Indent}new Pusher('{app.Key}', {{ {client} }})  // a page, with pusher-js");
            terminal.WriteLine($"{Indent}new Echo({{ broadcaster: 'pusher', key: '{app.Key}', {client} }})  // a page, with Laravel Echo");
            terminal.WriteLine($"{Indent}new Pusher({{ appId: '{app.Id}', key: '{app.Key}', secret: '{(isMade ? app.Secret : "...")}', "
                + $"host: '{address.Host}', port: '{address.Port}', useTLS: {(isTls ? "true" : "false")} }})  // a server, with pusher");
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteAbly(Terminal terminal, ServeOptions options, Uri address)
    {
        var ports = address.Scheme == Uri.UriSchemeHttps ? $"tlsPort: {address.Port}" : $"port: {address.Port}, tls: false";
        foreach (var key in options.Ably!.Keys)
        {
            var text = options.HasMadeAblyKey ? key.Key : $"{key.Key[..key.Key.IndexOf(':', StringComparison.Ordinal)]}:...";
            terminal.WriteLine("Ably's clients come in by:");
            terminal.WriteLine(
                $"{Indent}new Ably.Realtime({{ key: '{text}', endpoint: '{address.Host}', {ports}, disableConnectivityCheck: true }})");
        }
        if (options.Ably.Sandbox) terminal.WriteLine("--ably-sandbox: anyone who reaches the hub can make apps of Ably's there.");
    }

    private static bool IsOnlyHere(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static void WriteCode(Terminal terminal, string link)
    {
        if (!terminal.IsInteractive) return;
        var lines = QrDrawing.Draw(link, out var width);
        if (Indent.Length + width > terminal.Width) return;
        foreach (var line in lines) terminal.WriteLine(Indent + line);
        terminal.WriteLine();
    }
}
