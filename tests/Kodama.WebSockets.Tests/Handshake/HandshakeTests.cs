namespace Kodama.WebSockets.Tests;

/// <summary>RFC 6455 sections 1.3 and 4.2.</summary>
public class HandshakeTests
{
    [Fact]
    public void AcceptKey_KeyOfTheRfc_IsTheAnswerOfTheRfc() =>
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Handshake.AcceptKey("dGhlIHNhbXBsZSBub25jZQ=="));

    [Theory]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA==", true)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZSE=", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZSEh", false)]
    [InlineData("dGhlIHNhbXBsZSBub25j====", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZ!==", false)]
    [InlineData("dGhl IHNhbXBsZSBub25jZQ=", false)]
    [InlineData("木霊IHNhbXBsZSBub25jZQ==", false)]
    public void IsValidKey_AnyText_IsTrueFor16BytesInBase64(string? key, bool valid) => Assert.Equal(valid, Handshake.IsValidKey(key));

    [Fact]
    public void AcceptKey_InvalidKey_Throws() => Assert.Throws<ArgumentException>(() => Handshake.AcceptKey("short"));

    [Fact]
    public void CreateKey_Twice_GivesTwoValidKeys()
    {
        string first = Handshake.CreateKey(), second = Handshake.CreateKey();
        Assert.True(Handshake.IsValidKey(first));
        Assert.True(Handshake.IsValidKey(second));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void AcceptKey_ValidKey_AllocatesItsResultOnly()
    {
        const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
        Handshake.AcceptKey(Key);
        long before = GC.GetAllocatedBytesForCurrentThread();
        string accept = Handshake.AcceptKey(Key);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 1, 24 + 2 * accept.Length);
    }
}
