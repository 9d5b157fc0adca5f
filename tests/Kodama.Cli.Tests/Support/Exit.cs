namespace Kodama.Cli.Tests.Support;

internal sealed record Exit(int Code, string Output, string Error);
