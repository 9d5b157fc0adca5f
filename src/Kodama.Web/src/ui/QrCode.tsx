import { useMemo } from 'preact/hooks';
import { encode } from 'uqr';

/** Modules of quiet zone that the standard asks for (ISO/IEC 18004). */
const border = 4;

/** Always dark on white: cameras read the inverse badly. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { ecc: 'M', border });
    const dark = code.data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : [])));
    return { size: code.size, path: dark.join('') };
  }, [text]);

  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      data-testid="qr"
      data-text={text}
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#14201a" />
    </svg>
  );
}
