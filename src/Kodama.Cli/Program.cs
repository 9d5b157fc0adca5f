using Kodama.Server;

AppContext.SetSwitch("System.GC.Concurrent", false);
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
var port = int.Parse(args[Array.IndexOf(args, "--port") + 1], System.Globalization.CultureInfo.InvariantCulture);
await using var server = new KodamaServer(new() { Echo = args.Contains("--echo") });
await server.StartAsync("127.0.0.1", port);
await Task.Delay(Timeout.Infinite);
