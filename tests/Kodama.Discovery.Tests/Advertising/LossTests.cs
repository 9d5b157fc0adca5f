using FsCheck;
using FsCheck.Fluent;

namespace Kodama.Discovery.Tests;

/// <summary>Whatever is lost on the way, names end up different, as long as anyone asks for them now and then.</summary>
public class LossTests
{
    // Of four answers in five that are lost, two hubs may miss each other's for a quarter of an hour: one of 120 scenarios took 1,206 s.
    private const int Longest = 12_000;

    [Theory]
    [InlineData(20)]
    [InlineData(50)]
    [InlineData(80)]
    public void SameName_WithPacketLoss_EndsWithDifferentNames(int percent) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(2, 4)).ToArbitrary(), scenario =>
        {
            var (seed, hubs) = scenario;
            var lab = new Lab();
            var random = new Random(seed);
            lab.Lan.Loses = (_, _) => random.Next(100) < percent;
            var advertisers = new List<Advertiser>();
            for (var i = 0; i < hubs; i++)
            {
                advertisers.Add(lab.Start(digit: $"{i + 1}", addresses: $"192.168.1.{10 + i}").Advertiser);
                Advance(lab, random.Next(1500));
            }

            for (var second = 0; second < Longest && advertisers.Select(a => a.Name).Distinct().Count() < hubs; second += 2)
            {
                lab.Ask(Lab.Service, DnsType.Ptr);
                Advance(lab, 2000);
            }

            Assert.Equal(hubs, advertisers.Select(a => a.Name).Distinct().Count());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static void Advance(Lab lab, int milliseconds)
    {
        for (var i = 0; i < milliseconds; i += 10) lab.Clock.Advance(TimeSpan.FromMilliseconds(10));
    }
}
