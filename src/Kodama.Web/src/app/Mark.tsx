/** A tree whose crown is its echo. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round">
      <path d="M16 28V17M11 19a5.5 5.5 0 1 1 10 0" />
      <path class="mark-echo" d="M7.2 21.6a10 10 0 1 1 17.6 0" />
      <circle cx="16" cy="16" r="1.6" fill="currentColor" stroke="none" />
    </svg>
  );
}
