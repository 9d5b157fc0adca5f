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

    /// <summary>The hub cannot be reached, lets nobody in, has ended the connection for good, refused a line, or did not answer the
    /// goodbye.</summary>
    public const int NotConnected = 6;

    /// <summary>The doctor has found something that is wrong.</summary>
    public const int Unwell = 7;

    /// <summary>
    /// The folder of the rooms cannot be used: another hub has it, it cannot be written, or what is in it is damaged or of a newer version.
    /// </summary>
    public const int BadData = 8;

    /// <summary>For the manual page.</summary>
    public static readonly (int Code, string Meaning)[] All =
    [
        (Ok, "All went well, or it was stopped."),
        (Unexpected, "An unexpected error, or a step that another program of the system could not do."),
        (BadOption, "An option of the command line, the environment or appsettings.json cannot be."),
        (PortTaken, "The port is taken."),
        (BadCertificate, "The certificate or the authority cannot be used, or nothing could be made to trust it."),
        (NotFound, "There is no hub on the network, or none of this name."),
        (NotConnected, "The hub cannot be reached, lets nobody in, or has not taken all that was said."),
        (Unwell, "The doctor has found something wrong."),
        (BadData, "The folder of --data, or the Redis of --redis, cannot be used."),
    ];
}
