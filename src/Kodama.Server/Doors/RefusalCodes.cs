using System.Text.Json;

namespace Kodama.Server;

/// <summary>The hub's refusals by the names that they have on the wire (docs/specs/log.md).</summary>
internal static class RefusalCodes
{
    private static readonly string[] Names = Array.ConvertAll(Enum.GetNames<RefusalCode>(), JsonNamingPolicy.SnakeCaseUpper.ConvertName);

    /// <summary>In capitals, such as <c>NOT_JOINED</c>.</summary>
    public static string Name(RefusalCode code) => Names[(int)code];
}
