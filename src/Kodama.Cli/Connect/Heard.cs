using Kodama.Client;

namespace Kodama.Cli.Connect;

/// <summary>Something that a conversation has heard.</summary>
/// <param name="Message">What was said; null, where this is only about the place.</param>
/// <param name="From">Who has said it; null where it is not known.</param>
/// <param name="Offset">Up to where in the room everything has been heard; null where that is not known.</param>
/// <param name="IsMissing">Whether some of what was said is missing here.</param>
internal readonly record struct Heard(HubMessage? Message, RoomPeer? From, long? Offset, bool IsMissing = false);
