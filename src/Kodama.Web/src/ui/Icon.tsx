import type { ComponentChildren } from 'preact';

/** A picture of lines on a grid of 20 by 20, in the colour of the text. It says nothing that is not said in words beside it. */
export function Icon({ size = 20, line = 1.6, children }: { size?: number; line?: number; children: ComponentChildren }) {
  return (
    <svg
      viewBox="0 0 20 20"
      width={size}
      height={size}
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      stroke-width={line}
      stroke-linecap="round"
      stroke-linejoin="round"
    >
      {children}
    </svg>
  );
}
