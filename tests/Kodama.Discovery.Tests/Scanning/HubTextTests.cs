namespace Kodama.Discovery.Tests;

public class HubTextTests
{
    private static readonly string Fingerprint = new('A', 64);

    [Fact]
    public void Decode_WhatAHubTells_IsTaken()
    {
        var text = Decode(
            ("txtvers", "1"), ("ID", "0a1b"), ("path", "/hub/ws"), ("path", "/second"), ("tls", Fingerprint), ("d.name", "Lounge\n"))!;
        Assert.Equal(("0a1b", "/hub/ws", new string('a', 64)), (text.Id, text.Path, text.CertificateFingerprint));
        Assert.Equal("Lounge\n", text.Details["name"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\u001b[2J")]
    [InlineData("a b")]
    [InlineData("é")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234")]
    public void Decode_IdThatIsNone_IsNoHub(string id) => Assert.Null(Decode(("id", id)));

    [Theory]
    [InlineData("zz\u001b")]
    [InlineData("")]
    [InlineData("abcdef")]
    public void Decode_FingerprintThatIsNone_IsNoHub(string fingerprint) => Assert.Null(Decode(("id", "0a1b"), ("tls", fingerprint)));

    [Theory]
    [InlineData("ws")]
    [InlineData("/\u001b]0;x\u0007")]
    [InlineData("/a b")]
    [InlineData("//elsewhere/ws")]
    [InlineData("/ws?token=1")]
    [InlineData("/ws#x")]
    [InlineData("/wé")]
    public void Decode_PathThatIsNone_IsTheUsualOne(string path) => Assert.Equal("/ws", Decode(("id", "0a1b"), ("path", path))!.Path);

    [Fact]
    public void Encode_OfACluster_IsDecodedAndWhatIsNoneIsNoCluster()
    {
        const string cluster = "0123456789abcdef";
        var text = HubText.Encode("0a1b", "/ws", null, new Dictionary<string, string>(), cluster);
        Assert.Equal(cluster, HubText.Decode(text)!.Cluster);
        Assert.Null(Decode(("id", "0a1b"), ("cluster", "0123456789ABCDEF"))!.Cluster);
        Assert.Null(Decode(("id", "0a1b"), ("cluster", "x"))!.Cluster);
        Assert.Null(Decode(("id", "0a1b"))!.Cluster);
    }

    private static HubText? Decode(params (string Key, string Value)[] pairs) =>
        HubText.Decode(pairs.Select(p => KeyValuePair.Create(p.Key, p.Value)));
}
