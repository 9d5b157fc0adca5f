namespace Kodama;

/// <summary>What the rules have answered, and the number of reviews before they were asked: after another it counts no more.</summary>
internal readonly record struct RoomGrant(RoomRights Rights, long Reviews);
