namespace Kodama.Cli.Doctor;

/// <summary>What the doctor was asked.</summary>
/// <param name="Hub">Name or address of the hub to look at; null for the network only.</param>
/// <param name="Token">What the hub asks for.</param>
/// <param name="Origin">The origin of a page whose WebSocket is to be tried.</param>
/// <param name="Port">The port that hubs of this machine have; null for those of the hubs that are asked or found.</param>
/// <param name="Interfaces">Those that discovery is to use.</param>
/// <param name="Timeout">How long hubs are looked for.</param>
internal sealed record DoctorOptions(
    string? Hub, string? Token, string? Origin, int? Port, IReadOnlyList<string> Interfaces, TimeSpan Timeout);
