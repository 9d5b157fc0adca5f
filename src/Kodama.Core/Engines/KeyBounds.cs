namespace Kodama;

/// <summary>What the keys of a room may be at most (<see cref="LogOptions"/>).</summary>
/// <param name="StateKeys">Keys of its state.</param>
/// <param name="StateBytes">Bytes of these (<see cref="Entry.Size"/>).</param>
/// <param name="Members">Members.</param>
/// <param name="MemberBytes">Bytes of these.</param>
public readonly record struct KeyBounds(int StateKeys, int StateBytes, int Members, int MemberBytes);
