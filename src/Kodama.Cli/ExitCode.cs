namespace Kodama.Cli;

/// <summary>What the process tells whoever started it.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>A bug, or a machine that fails in a way nobody thought of.</summary>
    public const int Unexpected = 1;

    /// <summary>An option of the command line, the environment or appsettings.json cannot be.</summary>
    public const int BadOption = 2;

    public const int PortTaken = 3;

    /// <summary>The certificate is missing, unreadable or does not fit its key or password.</summary>
    public const int BadCertificate = 4;
}
