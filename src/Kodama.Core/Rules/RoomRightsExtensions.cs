namespace Kodama;

internal static class RoomRightsExtensions
{
    /// <summary>Whether nothing of it is said to anybody.</summary>
    public static bool OnlyReads(this RoomRights rights) => (rights & ~(RoomRights.Read | RoomRights.History)) == 0;
}
