namespace Kodama.Clients.Tests.Browsers;

internal static class Pictures
{
    /// <summary>A PNG of one pixel.</summary>
    public static byte[] Dot { get; } = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    /// <summary>A PNG of so many pixels a side in a browser's own drawing: a sky over hills, or noise, which stays large.</summary>
    public static async Task<byte[]> DrawAsync(Visitor visitor, int side, bool noise) => Convert.FromBase64String(
        await visitor.Page.EvaluateAsync<string>(
            """
            ([side, noise]) => {
              const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side * 0.6 });
              const context = canvas.getContext("2d");
              if (noise) {
                const image = context.createImageData(canvas.width, canvas.height);
                let seed = 7;
                for (let i = 0; i < image.data.length; i++) {
                  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
                  image.data[i] = i % 4 === 3 ? 255 : seed >>> 24;
                }
                context.putImageData(image, 0, 0);
              } else {
                const sky = context.createLinearGradient(0, 0, 0, canvas.height);
                sky.addColorStop(0, "#9cc7e8");
                sky.addColorStop(1, "#f4e3c1");
                context.fillStyle = sky;
                context.fillRect(0, 0, canvas.width, canvas.height);
                ["#7fa88b", "#4f8062", "#2c6a48"].forEach((color, hill) => {
                  context.fillStyle = color;
                  context.beginPath();
                  context.ellipse(side * (0.2 + hill * 0.3), side * (0.62 + hill * 0.04), side * 0.5, side * 0.22, 0, 0, 7);
                  context.fill();
                });
              }
              return canvas.toDataURL("image/png").split(",")[1];
            }
            """,
            new object[] { side, noise }));
}
