namespace Kodama.Discovery;

/// <summary>
/// What tells hubs apart: the id, which anyone may claim, and the certificate, which nobody else can show. So what claims a hub's id alone
/// is another hub and changes nothing of this one; what claims the certificate too is refused by whoever pins it.
/// </summary>
internal sealed record HubKey(string Id, string? CertificateFingerprint)
{
    public static HubKey Of(HubAnswer answer) => new(answer.Id ?? answer.Target.Authority(withScope: true), answer.CertificateFingerprint);

    public static HubKey Of(HubText text) => new(text.Id, text.CertificateFingerprint);
}
