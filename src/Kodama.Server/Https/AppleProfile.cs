using System.Security;
using System.Text;

namespace Kodama.Server;

/// <summary>A configuration profile of iOS and macOS that holds one root certificate. The same each time, so that it replaces
/// itself.</summary>
internal static class AppleProfile
{
    public static byte[] Of(HubAuthority authority)
    {
        var name = SecurityElement.Escape(authority.Name);
        var id = authority.Fingerprint;
        var certificate = Convert.ToBase64String(authority.Certificate.Span);
        return Encoding.UTF8.GetBytes($"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <dict>
              <key>PayloadType</key><string>Configuration</string>
              <key>PayloadVersion</key><integer>1</integer>
              <key>PayloadIdentifier</key><string>kodama.authority.{id[..16]}</string>
              <key>PayloadUUID</key><string>{Uuid(id[..32])}</string>
              <key>PayloadDisplayName</key><string>{name}</string>
              <key>PayloadDescription</key><string>Trusts a Kodama hub, for local names and private addresses only.</string>
              <key>PayloadContent</key>
              <array>
                <dict>
                  <key>PayloadType</key><string>com.apple.security.root</string>
                  <key>PayloadVersion</key><integer>1</integer>
                  <key>PayloadIdentifier</key><string>kodama.authority.{id[..16]}.root</string>
                  <key>PayloadUUID</key><string>{Uuid(id[32..])}</string>
                  <key>PayloadDisplayName</key><string>{name}</string>
                  <key>PayloadContent</key><data>{certificate}</data>
                </dict>
              </array>
            </dict>
            </plist>

            """);
    }

    private static string Uuid(string digits) => Guid.ParseExact(digits, "N").ToString("D").ToUpperInvariant();
}
