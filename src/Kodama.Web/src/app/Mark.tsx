/** A fir whose branches are the echo of its top. */
export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round">
      <path d="M16 21v8M12 9.500q4-8 8 0" />
      <path d="M9 16q7-11 14 0" opacity=".75" />
      <path d="M6 23q10-14.500 20 0" opacity=".5" />
    </svg>
  );
}
