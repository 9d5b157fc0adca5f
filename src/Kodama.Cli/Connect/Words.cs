using System.Globalization;
using Kodama.Cli.Terminals;
using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>What happens in a conversation, in one printable line.</summary>
internal static class Words
{
    public const string Doubtful = "kodama: the connection broke while a line was being sent: it is sent again, and may arrive twice.";

    /// <summary>The hub does not want a line to be said.</summary>
    public static string Refused(string why) => $"kodama: a line was not sent: {Printable.Line(why)}";

    /// <summary>A text as it is, or that it is binary.</summary>
    public static string Of(HubMessage message) =>
        message.IsText ? Printable.Line(message.Text) : $"(binary, {message.Bytes.Length} bytes)";

    public static string Of(ClientStatus.Reconnecting status) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Printable.Line(status.Cause.Message)} Trying again in {status.Delay.TotalSeconds:0.0} s (attempt {status.Attempt}).");
}
