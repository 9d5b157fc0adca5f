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

    /// <summary>There is no such hub on the network, or none at all.</summary>
    public const int NotFound = 5;

    /// <summary>The hub cannot be reached, lets nobody in, has ended the connection for good, or did not answer the goodbye.</summary>
    public const int NotConnected = 6;

    /// <summary>The doctor has found something that is wrong.</summary>
    public const int Unwell = 7;

    /// <summary>
    /// The folder of the rooms cannot be used: another hub has it, it cannot be written, or what is in it is damaged or of a newer version.
    /// </summary>
    public const int BadData = 8;
}
