using System.Net;
using System.Text;
using Kodama.Server;
using Kodama.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Kodama.Client.Tests.Pairing;

/// <summary>A device and a hub that show each other that they mean the same, and somebody in between.</summary>
public sealed class KodamaPairingTests : IAsyncLifetime
{
    private const string Token = "open-sesame";

    private readonly string folder = Directory.CreateTempSubdirectory("kodama-pairing-").FullName;
    private readonly List<string> codes = [];
    private HubAuthority authority = null!;
    private KodamaServer hub = null!;

    public async ValueTask InitializeAsync()
    {
        authority = HubAuthority.Open(Path.Combine(folder, "hub"), "Lounge", TimeProvider.System);
        var options = new KodamaOptions { Name = "Lounge", Token = Token, PlainHttp = true };
        options.UseHttps(authority);
        hub = new KodamaServer(options);
        hub.Pairing!.Asked += asked => codes.Add(asked.Code);
        await hub.StartAsync("127.0.0.1", 0).Within();
    }

    public async ValueTask DisposeAsync()
    {
        await hub.DisposeAsync().AsTask().Within();
        authority.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Code_OfTheHub_TellsWhomToTrust_AndTheToken()
    {
        var paired = await KodamaPairing.PairAsync(Address, _ => new($"{codes[^1][..3]} {codes[^1][3..]}")).Within();

        Assert.Equal((authority.Fingerprint, Token, "Lounge"), (paired.Fingerprint, paired.Token, paired.Name));
        await using var client = await KodamaClient.ConnectAsync(
            paired.Address, new KodamaClientOptions { CertificateFingerprint = paired.Fingerprint, Token = paired.Token }).Within();
        Assert.IsType<ClientStatus.Connected>(client.Status);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task Code_OfWhichOneDigitIsAnother_IsRefused_AndUsed(int digit)
    {
        await Assert.ThrowsAsync<PairingException>(() => KodamaPairing.PairAsync(Address, _ => new(Other(codes[^1], digit))).Within());

        // The next device gets another code, at once.
        var paired = await KodamaPairing.PairAsync(Address, _ => new(codes[^1])).Within();
        Assert.Equal(authority.Fingerprint, paired.Fingerprint);
        Assert.Equal(2, codes.Count);
    }

    [Fact]
    public async Task Code_ThatIsNone_LetsTheHubPairTheNext()
    {
        await Assert.ThrowsAsync<PairingException>(() => KodamaPairing.PairAsync(Address, _ => new("abc")).Within());

        Assert.Equal(authority.Fingerprint, (await KodamaPairing.PairAsync(Address, _ => new(codes[^1])).Within()).Fingerprint);
    }

    [Fact]
    public async Task SomebodyInBetween_GetsNoToken_AndDoesNotFoolTheDevice()
    {
        var answers = new StringBuilder();
        using var theirs = HubAuthority.Open(Path.Combine(folder, "middle"), "Lounge", TimeProvider.System);
        var options = new KodamaOptions { Name = "Lounge" };
        options.UseHttps(theirs);
        await using var middle = new KodamaServer(options);
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var toHub = new HttpClient(handler) { BaseAddress = Address };
        middle.Endpoints.MapPost("/api/pair", async context =>
        {
            using var body = new StreamContent(context.Request.Body);
            using var answer = await toHub.PostAsync(new Uri("/api/pair", UriKind.Relative), body);
            var text = await answer.Content.ReadAsStringAsync();
            answers.Append(text);
            context.Response.StatusCode = (int)answer.StatusCode;
            await context.Response.WriteAsync(text);
        });
        await middle.StartAsync("127.0.0.1", 0).Within();

        await Assert.ThrowsAsync<PairingException>(
            () => KodamaPairing.PairAsync(new Uri(middle.Addresses[0]), _ => new(codes[^1])).Within());

        Assert.Contains("PAIRING_FAILED", answers.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Token, answers.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hub_ThatNobodyWatches_ShowsNoCode()
    {
        using var own = HubAuthority.Open(Path.Combine(folder, "unwatched"), "Lounge", TimeProvider.System);
        var options = new KodamaOptions();
        options.UseHttps(own);
        await using var unwatched = new KodamaServer(options);
        await unwatched.StartAsync("127.0.0.1", 0).Within();

        await Assert.ThrowsAsync<HubProtocolException>(
            () => KodamaPairing.PairAsync(new Uri(unwatched.Addresses[0]), _ => new("000000")).Within());
    }

    [Fact]
    public async Task Pairing_InClear_OrAsNoStep_IsRefused()
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var client = new HttpClient(handler);
        var plain = new UriBuilder(Address) { Scheme = "http", Path = "/api/pair" }.Uri;
        using var empty = new StringContent("{}");
        using var odd = new StringContent("""{"session":"x","commit":"zz"}""");
        using var large = new StringContent($$"""{"session":"{{new string('x', 5000)}}"}""");

        using var inClear = await client.PostAsync(plain, empty).Within();
        using var wrong = await client.PostAsync(new Uri(Address, "/api/pair"), odd).Within();
        using var tooLarge = await client.PostAsync(new Uri(Address, "/api/pair"), large).Within();

        Assert.Equal(HttpStatusCode.Forbidden, inClear.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, tooLarge.StatusCode);
        Assert.Empty(codes);
    }

    private Uri Address => new(hub.Addresses[0]);

    private static string Other(string code, int digit)
    {
        var digits = code.ToCharArray();
        digits[digit] = digits[digit] == '9' ? '0' : (char)(digits[digit] + 1);
        return new string(digits);
    }
}
