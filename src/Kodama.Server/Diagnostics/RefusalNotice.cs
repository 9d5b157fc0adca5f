namespace Kodama.Server;

/// <summary>Who was refused, as the console shows it to whoever runs the hub.</summary>
/// <param name="Time">When.</param>
/// <param name="Cause"><c>host</c>, <c>origin</c>, <c>authentication</c> or <c>admin</c>.</param>
/// <param name="Address">Of the client.</param>
/// <param name="Given">The name or origin that it gave, bounded and without control characters; null, where it gave none.</param>
/// <param name="Reason">What it was told, where that differs.</param>
/// <param name="Option">The option that would let it in; null, where there is none.</param>
internal sealed record RefusalNotice(
    DateTimeOffset Time, string Cause, string? Address, string? Given = null, string? Reason = null, string? Option = null);
