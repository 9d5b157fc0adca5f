using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Kodama.Cli.Service;
using Kodama.Cli.Terminals;
using Kodama.Cli.Token;
using Kodama.Cli.Trust;
using Kodama.Discovery;
using Kodama.Server;
using Kodama.SocketIO;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kodama.Cli.Serve;

/// <summary>Runs the hub until a signal ends it.</summary>
internal static class ServeRunner
{
    public static async Task<int> RunAsync(ServeOptions options, Terminal terminal, bool quiet)
    {
        // .NET reads it at the first socket. No user code runs on the message path of a hub's process, so completions need no thread of
        // their own.
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        using var signals = new StopSignals(TimeProvider.System);
        var endService = OperatingSystem.IsWindows() ? BeginService(signals) : null;
        CheckSecrets(options);
        CheckEngine(options);
        // Whom it would be shown to there is not told anything else either.
        if (!quiet && options.Hub.AdminToken is null) options.MakeAdminToken();
        using var certificate = ServerCertificate.Load(options.Listen.Tls);
        using var authority = OpenAuthority(options, certificate);
        if (certificate?.Warning is { } warning) terminal.WriteError($"kodama: warning: {warning}");
        CheckInterfaces(options);
        if (options.Tokens) options.Hub.UseTokens(TokenFolders.Open(options.Data));
        await using var server = Create(options, certificate, terminal);
        await ListenAsync(server, options);

        _ = MemoryTrim.RunAsync(server, TimeProvider.System, signals.Stopping);
        Welcome.Write(terminal, options, server.Addresses, quiet);
        // Of a quiet hub nobody reads what it writes.
        if (!quiet && server.Pairing is { } pairing) pairing.Asked += asked => ShowCode(terminal, asked);
        if (!quiet) await new LiveLine(server.Hub, terminal, TimeProvider.System).RunAsync(signals.Stopping);
        else await Task.Delay(Timeout.Infinite, signals.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        terminal.EndStatus();
        await server.StopAsync();
        if (!quiet) terminal.WriteLine("Stopped.");
        endService?.Invoke();
        return ExitCode.Ok;
    }

    private static void ShowCode(Terminal terminal, PairingRequest asked) => terminal.WriteLine(
        $"A device at {asked.Address} asks to be paired. If it is yours, type there: "
            + $"{asked.Code[..3]} {asked.Code[3..]} (within 2 minutes)");

    private static HubAuthority? OpenAuthority(ServeOptions options, ServerCertificate? certificate)
    {
        if (!options.Https) return null;
        if (certificate is not null)
        {
            throw new CommandException(
                ExitCode.BadOption,
                $"{options.NameOf("Https")} makes a certificate, and {options.NameOf("Tls:Certificate")} brings one: "
                    + "leave one of the two out.");
        }
        var folder = AuthorityFolder.Of(options.Data);
        try
        {
            var name = options.Hub.Name ?? (options.Hub.Details.TryGetValue("name", out var told) ? told : Environment.MachineName);
            options.Authority = HubAuthority.Open(folder, name, TimeProvider.System);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.BadCertificate, $"--https: {exception.Message}", exception);
        }
        options.Hub.UseHttps(options.Authority);
        options.Hub.PlainHttp = true;
        return options.Authority;
    }

    private static KodamaServer Create(ServeOptions options, ServerCertificate? certificate, Terminal terminal)
    {
        certificate?.Use(options.Hub);
        try
        {
            var server = new KodamaServer(options.Hub, builder =>
            {
                builder.Services.AddSingleton<ILoggerProvider>(new TerminalLoggerProvider(terminal));
                if (options.HasPusher) LetPusherIn(builder.Services, options);
                if (options.HasAbly) LetAblyIn(builder.Services, options);
                if (!string.IsNullOrWhiteSpace(options.Redis)) Share(builder.Services, options);
                else if (!string.IsNullOrWhiteSpace(options.Data)) Keep(builder.Services, options);
            });
            if (options.SocketIO) server.Endpoints.MapSocketIO(socketIO => Relay(socketIO, options));
            return server;
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception, options.Named);
        }
        catch (EngineException exception)
        {
            // The address of Redis may hold a password: its own text names it without.
            var option = string.IsNullOrWhiteSpace(options.Redis) ? $"{options.NameOf("Data")} {options.Data}" : options.NameOf("Redis");
            throw new CommandException(ExitCode.BadData, $"{option}: {exception.Message}", exception);
        }
    }

    // Methods of their own: the assembly that one needs is loaded, and holds two descriptors, where it is called.
    [SupportedOSPlatform("windows")]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Action? BeginService(StopSignals signals) =>
        WindowsService.IsOne ? WindowsService.Begin(() => signals.Take()).End : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetPusherIn(IServiceCollection services, ServeOptions options)
    {
        options.Pusher!.Validate();
        services.AddSingleton(options.Pusher).AddPusher();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetAblyIn(IServiceCollection services, ServeOptions options)
    {
        options.Ably!.Validate();
        services.AddSingleton(options.Ably).AddAbly();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(IServiceCollection services, ServeOptions options) =>
        services.UseSqlite(options.Data!, sqlite => sqlite.MaxBytes = options.MaxDataBytes ?? sqlite.MaxBytes);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Share(IServiceCollection services, ServeOptions options) =>
        services.AddRedis(options.Redis!, redis =>
        {
            redis.Prefix = options.RedisPrefix ?? redis.Prefix;
            redis.MaxRooms = options.MaxRedisRooms ?? redis.MaxRooms;
            redis.MaxBytes = options.MaxRedisBytes ?? redis.MaxBytes;
        });

    // Whatever clients are made for is let be: any namespace, and versions from 1.4 on.
    private static void Relay(SocketIOOptions socketIO, ServeOptions options)
    {
        socketIO.Relay = true;
        socketIO.AnyNamespace = true;
        socketIO.AllowEIO3 = true;
        socketIO.MaxHttpBufferSize = options.Hub.MaxMessageSize;
        socketIO.MaxSessions = options.Hub.MaxPeers;
        if (options.Section is { } section) socketIO.Bind(section.GetSection(nameof(ServeOptions.SocketIO)));
    }

    // A hub would serve without; but whoever names an interface means one that is there.
    private static void CheckInterfaces(ServeOptions options)
    {
        try
        {
            if (options.Hub.Interfaces.Count > 0) LocalInterfaces.List([.. options.Hub.Interfaces]);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception, message => $"{options.NameOf("Interfaces")}: {message}");
        }
    }

    private static void CheckEngine(ServeOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.Data) || string.IsNullOrWhiteSpace(options.Redis)) return;
        throw new CommandException(
            ExitCode.BadOption,
            $"{options.NameOf("Data")} keeps the rooms in a folder, and {options.NameOf("Redis")} in Redis, with other hubs: "
                + "leave one of the two out.");
    }

    // What is in the folder of pages is told to everybody.
    private static void CheckSecrets(ServeOptions options)
    {
        if (options.Hub.Www is not { Length: > 0 } www) return;
        Apart("Data", options.Data);
        Apart("Tls:Certificate", options.Listen.Tls.Certificate);
        Apart("Tls:Key", options.Listen.Tls.Key);
        if (options.Https) Apart("Https", AuthorityFolder.Of(options.Data));
        if (options.Tokens) Apart("Tokens", TokenFolders.Of(options.Data));

        void Apart(string key, string? path)
        {
            if (string.IsNullOrWhiteSpace(path)) return;
            var inside = Path.GetRelativePath(Path.GetFullPath(www), Path.GetFullPath(path));
            if (Path.IsPathRooted(inside) || inside.Split(Path.DirectorySeparatorChar)[0] == "..") return;
            throw new CommandException(
                ExitCode.BadOption,
                $"{options.NameOf(key)} {path} is in the folder of {options.NameOf("Www")}, which everybody can read: "
                    + "keep it somewhere else.");
        }
    }

    private static async Task ListenAsync(KodamaServer server, ServeOptions options)
    {
        var listen = options.Listen;
        try
        {
            await server.StartAsync(listen.Host, listen.Port);
        }
        catch (ArgumentException exception)
        {
            throw CommandException.BadOption(exception, message => $"{options.NameOf("Host")}: {message}");
        }
        catch (IOException exception)
        {
            throw Explain(exception, listen, options.NameOf("Host"));
        }
    }

    private static CommandException Explain(IOException exception, ListenOptions listen, string host) => SocketErrorOf(exception) switch
    {
        SocketError.AddressAlreadyInUse => new(
            ExitCode.PortTaken,
            $"port {listen.Port} is taken{(PortOwner.Find(listen.Port) is { } owner ? $" by {owner}" : "")}. "
                + $"Take another one: --port {(listen.Port < 65535 ? listen.Port + 1 : 8080)}",
            exception),
        SocketError.AccessDenied => new(
            ExitCode.BadOption,
            $"port {listen.Port} needs more rights than this user has: take one from 1024 on, such as --port 8080.",
            exception),
        SocketError.AddressNotAvailable => new(
            ExitCode.BadOption,
            $"{host} {listen.Host} is not an address of this machine: "
                + "leave it out to listen on all of them, or take one of \"ip address\".",
            exception),
        _ => new(ExitCode.Unexpected, $"cannot listen on {listen.Host}, port {listen.Port}: {exception.Message}", exception),
    };

    private static SocketError? SocketErrorOf(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket) return socket.SocketErrorCode;
        }
        return null;
    }
}
