namespace Kodama.SocketIO;

/// <summary>Whether there is room for one more session.</summary>
internal enum Reservation : byte
{
    Made,
    Stopping,
    TooMany,
    TooManyOfAddress,
}
