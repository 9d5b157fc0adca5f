namespace Kodama.Cli.Doctor;

/// <summary>What Wi-Fi client isolation looks like: no machine can see it from itself, but a person with two devices can.</summary>
internal static class IsolationHint
{
    /// <param name="othersHeard">Whether any other machine was heard by multicast.</param>
    /// <param name="hubsElsewhere">Whether a hub on another machine was found.</param>
    public static Finding Of(bool othersHeard, bool hubsElsewhere)
    {
        if (hubsElsewhere) return Finding.Good("Another machine of the network was reached: this network does not keep its devices apart.");
        const string How = "Guest networks, hotels and many offices keep devices apart (\"client isolation\", \"AP isolation\"): "
            + "every device reaches the internet and none the other.";
        const string Next = "To tell: on a second device of the same Wi-Fi open the address that kodama serve prints. "
            + "If that fails while the internet works, and it works over a cable or a phone's hotspot, it is isolation: "
            + "turn it off in the access point (not the guest network), or connect this machine by cable.";
        return othersHeard
            ? Finding.Note("Other machines are heard by multicast, but no hub was found on them. " + How, Next)
            : Finding.Note(
                "No other machine was heard by multicast. "
                    + "That is so in an empty network, and in one that keeps its devices apart. " + How,
                Next);
    }
}
