namespace Kodama;

/// <summary>How something is published.</summary>
/// <param name="Id">What makes it idempotent; null for nothing.</param>
/// <param name="IsTransient">Whether it takes no place and is not kept: for those who are there now.</param>
/// <param name="Without">Who does not hear it now, in the sender's place and also where the room echoes; null for the sender. What is kept
/// is everybody's.</param>
/// <param name="Note">What the door keeps with it; null for nothing.</param>
/// <param name="WithoutAuthor">Who neither hears nor reads it, at whichever hub, by <see cref="Message.From"/>; null for nobody.</param>
public readonly record struct PublishOptions(
    PublishId? Id = null, bool IsTransient = false, Peer? Without = null, Note? Note = null, string? WithoutAuthor = null);
