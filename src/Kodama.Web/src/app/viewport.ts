/** Keeps `--visible-height` at what an on-screen keyboard leaves of the page. Safari changes no CSS unit for it. */
export function startViewport(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const follow = () => {
    // A pinch zoom shrinks the visual viewport too, and must not move the layout.
    if (viewport.scale > 1.01) return;
    document.documentElement.style.setProperty('--visible-height', `${viewport.height}px`);
    if (viewport.offsetTop > 0) scrollTo(0, 0);
  };
  viewport.addEventListener('resize', follow);
  viewport.addEventListener('scroll', follow);
  follow();
}
