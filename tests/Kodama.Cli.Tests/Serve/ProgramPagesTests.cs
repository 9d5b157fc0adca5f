using Kodama.Cli.Serve;

namespace Kodama.Cli.Tests.Serve;

public sealed class ProgramPagesTests
{
    [Fact]
    public void Clean_AreAreasOfTheFileThatNobodyWritesAndNobodyWrote()
    {
        string[] smaps =
        [
            "1000-3000 r-xp 00001000 fe:00 56   /usr/bin/kodama", "Private_Dirty:         8 kB", "Anonymous:             0 kB",
            "VmFlags: rd ex mr",
            "3000-4000 r--p 00003000 fe:00 56   /usr/bin/kodama", "Anonymous:             4 kB",
            "4000-5000 rw-p 00004000 fe:00 56   /usr/bin/kodama", "Anonymous:             0 kB",
            "5000-6000 r--s 00005000 fe:00 56   /usr/bin/kodama", "Anonymous:             0 kB",
            "6000-7000 r--p 00000000 fe:00 57   /usr/lib/libc.so.6", "Anonymous:             0 kB",
            "7000-8000 rw-p 00000000 00:00 0 ", "Anonymous:             0 kB",
            "70000000-70002000 r--p 00006000 fe:00 56   /usr/bin/kodama", "Anonymous:             0 kB",
        ];

        (nint, long)[] clean = [(0x1000, 0x2000), (0x70000000, 0x2000)];
        Assert.Equal(clean, ProgramPages.Clean(smaps, "/usr/bin/kodama"));
    }

    [Fact]
    public void Release_OfThisProcess_GivesBackAndGoesOn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It is for Linux.");
        Assert.True(ProgramPages.Release() > 0);
    }
}
