using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Kodama.Server;

/// <summary>
/// Reads query parameters that mean something to the hub. What cannot be is an error, and never taken for something else.
/// </summary>
internal static class HttpParameters
{
    /// <summary>A whole number in its bounds; null where there is none.</summary>
    public static bool TryReadNumber(
        HttpRequest request, string name, int least, int most, out int? number, [NotNullWhen(false)] out HttpError? error)
    {
        (number, error) = (null, null);
        if (Value(request, name) is not { } value) return true;
        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var read) && read >= least && read <= most)
        {
            number = read;
            return true;
        }
        error = Invalid(name, value, $"it takes a whole number from {least} to {most}.");
        return false;
    }

    /// <summary>Whether something is asked for: <c>1</c>, or <c>0</c>, as without.</summary>
    public static bool TryReadFlag(HttpRequest request, string name, out bool flag, [NotNullWhen(false)] out HttpError? error)
    {
        var value = Value(request, name);
        flag = value == "1";
        error = value is null or "0" or "1" ? null : Invalid(name, value, "it takes 0 or 1.");
        return error is null;
    }

    /// <summary>A position; null where there is none.</summary>
    public static bool TryReadPosition(
        HttpRequest request, string name, out Position? position, [NotNullWhen(false)] out HttpError? error) =>
        TryReadPosition(Value(request, name), name, out position, out error);

    /// <inheritdoc cref="TryReadPosition(HttpRequest, string, out Position?, out HttpError?)"/>
    public static bool TryReadPosition(string? value, string name, out Position? position, [NotNullWhen(false)] out HttpError? error)
    {
        (position, error) = (null, null);
        if (value is null) return true;
        if (Position.TryParse(value, out var read))
        {
            position = read;
            return true;
        }
        var message = $"{name} is {Quote(value)}: a position is EPOCH:OFFSET, as the hub tells it.";
        error = new("INVALID_POSITION", message, StatusCodes.Status400BadRequest);
        return false;
    }

    /// <summary>The name of an event; the default one where there is none.</summary>
    public static bool TryReadEvent(HttpRequest request, string name, out string eventName, [NotNullWhen(false)] out HttpError? error)
    {
        eventName = request.Query[name] is [{ Length: > 0 } named, ..] ? named : Message.DefaultEvent;
        error = eventName.Length <= EventName.MaxLength ? null : new(
            "INVALID_EVENT", $"The event's name has {eventName.Length} characters; it takes at most {EventName.MaxLength}.",
            StatusCodes.Status400BadRequest);
        return error is null;
    }

    public static HttpError Invalid(string name, string value, string rule) =>
        new("INVALID_PARAMETER", $"{name} is {Quote(value)}: {rule}", StatusCodes.Status400BadRequest);

    // Of a repeated one the last counts, as of details.
    private static string? Value(HttpRequest request, string name) => request.Query[name] is [.., { } value] ? value : null;

    private static string Quote(string value) => value.Length <= 64 ? $"\"{value}\"" : $"\"{value[..64]}...\"";
}
