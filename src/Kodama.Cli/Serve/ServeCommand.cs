using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.CompilerServices;
using Kodama.Ably;
using Kodama.Cli.Terminals;
using Kodama.Pusher;
using Kodama.Server;
using Microsoft.Extensions.Configuration;

namespace Kodama.Cli.Serve;

/// <summary><c>kodama serve</c>: its options, and how they meet appsettings.json and the environment.</summary>
internal sealed class ServeCommand
{
    private const string ConfigurationFile = "appsettings.json";

    // As many as Ably's SDKs take for granted.
    private const int AblyRooms = 200;

    private readonly Option<int?> port = new("--port", "-p")
    {
        Description = "TCP port, 0 for any free one [default: 8080]",
        HelpName = "port",
        CustomParser = result => OptionValue.Number(result, 0, 65535),
    };

    private readonly Option<string?> host = OptionValue.Text(
        "--host", "address",
        "Address of this machine to listen on: an IP address, localhost, or 0.0.0.0 for the whole network [default: 0.0.0.0]");

    private readonly Option<string?> name = OptionValue.Text("--name", "name", "The hub's name [default: the machine's]");

    private readonly Option<KeyValuePair<string, string>[]> details = new("--detail", "-d")
    {
        Description = "Something the hub tells of itself, such as room=201; may be repeated",
        HelpName = "key=value",
        CustomParser = OptionValue.Pairs,
    };

    private readonly Option<bool?> echo = new("--echo") { Description = "Send a message back to its sender too" };

    private readonly Option<string?> token =
        OptionValue.Text("--token", "token", "What a client must know to come in, in printable ASCII without spaces [default: anyone can]");

    private readonly Option<bool> tokens = new("--tokens")
    {
        Description = "Let nobody in without a token of his own, which kodama token makes and takes back; or that of --token",
    };

    private readonly Option<string?> adminToken = OptionValue.Text("--admin-token", "token",
        "What whoever runs the hub must know to act there, 16 characters or more; Kodama__AdminToken in the environment keeps it out of "
            + "the list of processes [default: a new one with each start]");

    private readonly Option<string[]> origins = new("--origin")
    {
        Description = "Web pages of another host that may use the hub, such as https://app.example, "
            + "null for those opened from a file, or * for any; may be repeated",
        HelpName = "origin",
    };

    private readonly Option<bool> dev = new("--dev")
    {
        Description = "Let web pages of localhost use the hub, at any port, as those of a development server",
    };

    private readonly Option<string[]> allowedHosts = new("--allowed-host")
    {
        Description = "A name by which the hub is addressed, beside IP addresses, localhost, *.local and the machine's; may be repeated",
        HelpName = "name",
    };

    private readonly Option<bool> https = new("--https")
    {
        Description = "Speak https, beside http, with certificates that the hub makes; "
            + "http://HUB/trust and kodama trust let devices trust it",
    };

    private readonly Option<string?> tlsCert = OptionValue.Text("--tls-cert", "file", "Certificate for https, PEM or PFX");

    private readonly Option<string?> tlsKey = OptionValue.Text("--tls-key", "file", "Its private key in PEM, if in a file of its own");

    private readonly Option<string?> tlsPassword = OptionValue.Text(
        "--tls-password", "password",
        "Password of key or PFX; Kodama__Tls__Password in the environment keeps it out of the list of processes");

    private readonly Option<int?> maxPeers = new("--max-peers")
    {
        Description = "Most peers at once [default: 16384]",
        HelpName = "count",
        CustomParser = result => OptionValue.Number(result, 1, int.MaxValue),
    };

    private readonly Option<int?> maxMessage = new("--max-message")
    {
        Description = "Largest message in bytes, as 65536, 64k or 1m [default: 1m]",
        HelpName = "size",
        CustomParser = Size,
    };

    private readonly Option<string?> data = OptionValue.Text("--data", "folder",
        "Keep the rooms in this folder: they outlive the hub [default: in memory]");

    private readonly Option<string?> redis = OptionValue.Text("--redis", "address",
        "Share the rooms with all hubs that name this Redis: host:port[,options] or redis://...; Kodama__Redis in the environment keeps "
            + "a password out of the list of processes");

    private readonly Option<string?> www = OptionValue.Text("--www", "folder",
        "Serve the web pages in this folder, index.html first, beside the hub's own page, which is at /kodama");

    private readonly Option<bool> noSocketIO = new("--no-socketio") { Description = "Do not let Socket.IO clients in" };

    private readonly Option<bool> pusher = new("--pusher")
    {
        Description = "Let clients and HTTP SDKs of Pusher in, by an app that is made for this hub",
    };

    // Texts: Pusher's assembly is loaded where it is asked for, and descriptors may be few.
    private readonly Option<string[]> pusherApps = new("--pusher-app")
    {
        Description = "An app by which Pusher's clients come in; may be repeated",
        HelpName = "id:key:secret",
        CustomParser = Apps,
    };

    private readonly Option<Uri[]> pusherWebhooks = new("--pusher-webhook")
    {
        Description = "Where what happens in Pusher's channels is posted to; may be repeated",
        HelpName = "url",
        CustomParser = Addresses,
    };

    private readonly Option<bool> ably = new("--ably") { Description = "Let Ably's SDKs in, by a key that is made for this hub" };

    private readonly Option<string[]> ablyKeys = new("--ably-key")
    {
        Description = "A key by which Ably's SDKs come in, with what it may do in JSON, or without: everything; may be repeated",
        HelpName = "app.key:secret[:capability]",
        CustomParser = Keys,
    };

    private readonly Option<bool> ablySandbox = new("--ably-sandbox")
    {
        Description = "Let anyone make apps as in Ably's sandbox, for the test suites of SDKs",
    };

    private readonly Option<bool> noAdvertise =
        new("--no-advertise") { Description = "Do not tell the network of the hub (mDNS): it is found by its address only" };

    private readonly Option<string[]> interfaces = OptionValue.Interfaces(
        "Network interface, by name or address, on which the hub is told of; may be repeated [default: all but containers and VPNs]");

    private readonly Option<bool> quiet = new("--quiet", "-q") { Description = "Print the addresses only" };

    private ServeCommand()
    {
    }

    public static Command Create(Terminal terminal)
    {
        var serve = new ServeCommand();
        var command = new Command(
            "serve",
            "Start a hub. Every option can also stand in appsettings.json, section Kodama, "
                + "or in the environment as Kodama__Token; the command line wins.")
        {
            serve.port, serve.host, serve.name, serve.details, serve.echo, serve.token, serve.tokens,
            serve.adminToken, serve.origins, serve.dev, serve.allowedHosts, serve.https, serve.tlsCert, serve.tlsKey, serve.tlsPassword,
            serve.maxPeers, serve.maxMessage, serve.data, serve.redis, serve.www, serve.noSocketIO, serve.pusher, serve.pusherApps,
            serve.pusherWebhooks, serve.ably, serve.ablyKeys, serve.ablySandbox, serve.noAdvertise, serve.interfaces, serve.quiet,
        };
        command.SetAction((parsed, _) => ServeRunner.RunAsync(serve.Read(parsed, terminal), terminal, parsed.GetValue(serve.quiet)));
        return command;
    }

    private ServeOptions Read(ParseResult parsed, Terminal terminal)
    {
        var options = new ServeOptions();
        try
        {
            var file = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(Environment.CurrentDirectory, ConfigurationFile), optional: true, reloadOnChange: false)
                .Build();
            var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
            // A variable of that name may be another program's.
            SectionCheck.AsSection(file.GetSection(KodamaOptions.Section));
            WarnOfUnknown(file, key => $"{ConfigurationFile} has {key}", terminal);
            WarnOfUnknown(environment, static key => $"the environment has {key.Replace(":", "__", StringComparison.Ordinal)}", terminal);
            // One configuration within another would pass over what is empty.
            var section = new ConfigurationRoot([.. file.Providers, .. environment.Providers]).GetSection(KodamaOptions.Section);
            options.Section = section;
            var ablySection = section.GetSection(nameof(ServeOptions.Ably));
            if (ablySection.GetChildren().Any() || ablySection.Get<bool>() || IsAbly(parsed)) ReadAbly(ablySection, options);
            section.Bind(options.Hub);
            section.Bind(options.Listen);
            options.SocketIO = section.GetValue(nameof(ServeOptions.SocketIO), options.SocketIO);
            options.Dev = section.GetValue(nameof(ServeOptions.Dev), options.Dev);
            options.Https = section.GetValue(nameof(ServeOptions.Https), options.Https);
            options.Tokens = section.GetValue(nameof(ServeOptions.Tokens), options.Tokens);
            options.Data = section[nameof(ServeOptions.Data)];
            options.Redis = section[nameof(ServeOptions.Redis)];
            options.RedisPrefix = section[nameof(ServeOptions.RedisPrefix)];
            options.MaxRedisRooms = section.GetValue<int?>(nameof(ServeOptions.MaxRedisRooms));
            options.MaxRedisBytes = section.GetValue<long?>(nameof(ServeOptions.MaxRedisBytes));
            options.MaxDataBytes = section.GetValue<long?>(nameof(ServeOptions.MaxDataBytes));
            var pusherSection = section.GetSection(nameof(ServeOptions.Pusher));
            if (pusherSection.GetChildren().Any() || pusherSection.Get<bool>()) ReadPusher(pusherSection, options);
            if (section["Port"] is not null) InRange(options.Listen.Port, 0, 65535, "Kodama:Port");
        }
        catch (Exception exception)
            when (exception is InvalidDataException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                ExitCode.BadOption, $"{ConfigurationFile} or the environment cannot be used: {Innermost(exception)}", exception);
        }
        foreach (var (key, option) in Configurable)
        {
            if (parsed.GetResult(option) is { Implicit: false }) options.Typed[key] = option.Name;
        }
        Apply(parsed, options.Hub);
        Apply(parsed, options.Listen);
        options.Data = parsed.GetValue(data) ?? options.Data;
        options.Redis = parsed.GetValue(redis) ?? options.Redis;
        NotEmpty(options, nameof(ListenOptions.Host), options.Listen.Host ?? "", "for the whole network");
        NotEmpty(options, nameof(options.Data), options.Data, "to keep the rooms in memory");
        NotEmpty(options, nameof(options.Redis), options.Redis, "for a hub with rooms of its own");
        options.SocketIO &= !parsed.GetValue(noSocketIO);
        options.Dev |= parsed.GetValue(dev);
        options.Https |= parsed.GetValue(https);
        options.Tokens |= parsed.GetValue(tokens);
        ApplyPusher(parsed, options);
        if (options.HasAbly) ApplyAbly(parsed, options);
        if (options.Dev) AllowDevelopment(options.Hub);
        return options;
    }

    // By the names that they have in the configuration.
    private (string Key, Option Option)[] Configurable =>
    [
        (nameof(ListenOptions.Host), host), (nameof(KodamaOptions.Name), name), (nameof(KodamaOptions.Token), token),
        (nameof(KodamaOptions.AdminToken), adminToken), (nameof(KodamaOptions.AllowedOrigins), origins),
        (nameof(KodamaOptions.AllowedHosts), allowedHosts), (nameof(KodamaOptions.MaxPeers), maxPeers),
        (nameof(KodamaOptions.MaxMessageSize), maxMessage), (nameof(KodamaOptions.Www), www),
        (nameof(KodamaOptions.Interfaces), interfaces), (nameof(ServeOptions.Data), data), (nameof(ServeOptions.Redis), redis),
        (nameof(ServeOptions.Https), https), (nameof(ServeOptions.Tokens), tokens), ("Tls:Certificate", tlsCert), ("Tls:Key", tlsKey),
        ("Tls:Password", tlsPassword),
    ];

    private static void WarnOfUnknown(IConfigurationRoot configuration, Func<string, string> has, Terminal terminal)
    {
        foreach (var key in SectionCheck.UnknownKeys(configuration.GetSection(KodamaOptions.Section)))
            terminal.WriteError($"kodama: warning: {has(Printable.Line(key))}, which is no option of the hub.");
        foreach (var section in configuration.GetChildren().Where(section => section.GetChildren().Any()))
        {
            if (section.Key.Equals(KodamaOptions.Section, StringComparison.OrdinalIgnoreCase)
                || Spelling.Nearest(section.Key, [KodamaOptions.Section]) is not { } meant) continue;
            terminal.WriteError($"kodama: warning: {has(Printable.Line(section.Key))}, which nothing reads. Did you mean {meant}?");
        }
    }

    private static void NotEmpty(ServeOptions options, string key, string? value, string whatFor)
    {
        if (value is not null && string.IsNullOrWhiteSpace(value))
            throw new CommandException(ExitCode.BadOption, $"{options.NameOf(key)} is empty: leave it out {whatFor}.");
    }

    private void Apply(ParseResult parsed, KodamaOptions hub)
    {
        var told = parsed.GetValue(details) ?? [];
        // A name on the command line counts more than one in the configuration, in whichever of the two forms.
        hub.Name = parsed.GetValue(name) ?? (told.Any(d => d.Key == "name") ? null : hub.Name);
        hub.Echo = parsed.GetValue(echo) ?? hub.Echo;
        hub.Token = parsed.GetValue(token) ?? hub.Token;
        hub.AdminToken = parsed.GetValue(adminToken) ?? hub.AdminToken;
        hub.Www = parsed.GetValue(www) ?? hub.Www;
        hub.MaxPeers = parsed.GetValue(maxPeers) ?? hub.MaxPeers;
        hub.MaxMessageSize = parsed.GetValue(maxMessage) ?? hub.MaxMessageSize;
        foreach (var (key, value) in told) hub.Details[key] = value;
        if (parsed.GetValue(noAdvertise)) hub.Advertise = false;
        Replace(hub.Interfaces, parsed.GetValue(interfaces));
        Replace(hub.AllowedOrigins, parsed.GetValue(origins));
        Replace(hub.AllowedHosts, parsed.GetValue(allowedHosts));
    }

    // "Pusher": true, or its options.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadPusher(IConfigurationSection section, ServeOptions options)
    {
        options.Pusher = new PusherOptions();
        section.Bind(options.Pusher);
        foreach (var (app, path) in Texts(section.GetSection(nameof(PusherOptions.Apps))))
            options.Pusher.Apps.Add(Parsed(path, app, PusherApp.Parse));
    }

    private void ApplyPusher(ParseResult parsed, ServeOptions options)
    {
        var (apps, webhooks) = (parsed.GetValue(pusherApps) ?? [], parsed.GetValue(pusherWebhooks) ?? []);
        if (parsed.GetValue(pusher) || apps.Length > 0 || webhooks.Length > 0 || options.HasPusher)
            ApplyPusher(options, apps, webhooks);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ApplyPusher(ServeOptions options, string[] apps, Uri[] webhooks)
    {
        var told = options.Pusher ??= new PusherOptions();
        if (apps.Length > 0) told.Apps.Clear();
        foreach (var app in apps) told.Apps.Add(PusherApp.Parse(app));
        options.MakePusherApp();
        told.DataFolder ??= string.IsNullOrWhiteSpace(options.Data) ? null : options.Data;
        foreach (var app in told.Apps)
        {
            foreach (var url in webhooks) app.Webhooks.Add(new PusherWebhook { Url = url });
        }
    }

    private bool IsAbly(ParseResult parsed) =>
        parsed.GetValue(ably) || parsed.GetValue(ablySandbox) || parsed.GetValue(ablyKeys) is { Length: > 0 };

    // "Ably": true, or its options.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ReadAbly(IConfigurationSection section, ServeOptions options)
    {
        options.Ably = new AblyOptions();
        section.Bind(options.Ably);
        foreach (var (key, path) in Texts(section.GetSection(nameof(AblyOptions.Keys))))
            options.Ably.Keys.Add(Parsed(path, key, AblyKey.Parse));
        options.Hub.MaxRoomsPerPeer = AblyRooms;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ApplyAbly(ParseResult parsed, ServeOptions options)
    {
        var told = options.Ably!;
        if (parsed.GetValue(ablyKeys) is { Length: > 0 } keys)
        {
            told.Keys.Clear();
            foreach (var key in keys) told.AddKey(key);
        }
        told.Sandbox |= parsed.GetValue(ablySandbox);
        options.MakeAblyKey();
    }

    // Those that are written as on the command line.
    private static IEnumerable<(string Text, string Path)> Texts(IConfigurationSection list) =>
        list.GetChildren().Where(one => one.Value is not null).Select(one => (one.Value!, one.Path));

    private static T Parsed<T>(string path, string text, Func<string, T> parse)
    {
        try
        {
            return parse(text);
        }
        catch (FormatException exception)
        {
            // The text itself holds a secret.
            throw new InvalidDataException($"{path} is none: {exception.Message}");
        }
    }

    private static string[] Apps(ArgumentResult result) => Secrets(result, static text => PusherApp.Parse(text));

    private static string[] Keys(ArgumentResult result) => Secrets(result, static text => AblyKey.Parse(text));

    private static string[] Secrets(ArgumentResult result, Action<string> parse) => OptionValue.Each(result, text =>
    {
        try
        {
            parse(text);
            return (text, null);
        }
        catch (FormatException exception)
        {
            // The text itself holds a secret.
            return ("", $"cannot be used: {exception.Message}");
        }
    });

    private static Uri[] Addresses(ArgumentResult result) => OptionValue.Each(result, static text =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? (url, null)
            : (new Uri("http://localhost"), $"is \"{text}\"; write an address such as http://localhost:3000/pusher."));

    private static void AllowDevelopment(KodamaOptions hub)
    {
        foreach (var scheme in (string[])["http", "https"])
        {
            foreach (var host in (string[])["localhost", "127.0.0.1", "[::1]"]) hub.AllowedOrigins.Add($"{scheme}://{host}:*");
        }
    }

    private void Apply(ParseResult parsed, ListenOptions listen)
    {
        listen.Host = parsed.GetValue(host) ?? listen.Host;
        listen.Port = parsed.GetValue(port) ?? listen.Port;
        listen.Tls.Certificate = parsed.GetValue(tlsCert) ?? listen.Tls.Certificate;
        listen.Tls.Key = parsed.GetValue(tlsKey) ?? listen.Tls.Key;
        listen.Tls.Password = parsed.GetValue(tlsPassword) ?? listen.Tls.Password;
    }

    private static void Replace(IList<string> configured, string[]? told)
    {
        if (told is not { Length: > 0 }) return;
        configured.Clear();
        foreach (var value in told) configured.Add(value);
    }

    private static int? Size(ArgumentResult result)
    {
        var text = result.Tokens[^1].Value;
        if (ByteSize.TryParse(text, out var bytes) && bytes > 0) return bytes;
        result.AddError($"{OptionValue.NameOf(result)} is \"{text}\"; write a number of bytes, 1 or more, such as 65536, 64k or 1m.");
        return null;
    }

    private static void InRange(int value, int least, int most, string name)
    {
        if (value < least || value > most) throw new InvalidDataException($"{name} is {value}; it must be from {least} to {most}.");
    }

    private static string Innermost(Exception exception) =>
        exception is InvalidDataException && exception.GetBaseException() is var cause && cause != exception
            ? $"{exception.Message} {cause.Message}"
            : exception.Message;
}
