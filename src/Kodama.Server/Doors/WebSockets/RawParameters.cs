using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>What a raw client asks of the hub in its address; all other parameters are its details.</summary>
/// <param name="Start">With what it begins.</param>
/// <param name="SendsEvents">Whether its text frames are events.</param>
internal sealed record RawParameters(Start Start, bool SendsEvents)
{
    private const string Rewind = "kodama.rewind";
    private const string Events = "kodama.events";

    /// <summary>Their names.</summary>
    public static readonly string[] Names = [Rewind, Events];

    public static bool TryRead(
        HttpRequest request, [NotNullWhen(true)] out RawParameters? parameters, [NotNullWhen(false)] out HttpError? error)
    {
        parameters = null;
        if (!HttpParameters.TryReadNumber(request, Rewind, 0, int.MaxValue, out var rewind, out error)
            || !HttpParameters.TryReadFlag(request, Events, out var events, out error))
        {
            return false;
        }
        parameters = new RawParameters(Start.Last(rewind ?? 0), events);
        return true;
    }
}
