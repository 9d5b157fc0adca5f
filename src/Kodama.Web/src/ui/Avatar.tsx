import { hueOf } from '../hub/names';

/** A peer's initial on its own tint. Decoration only: the name always stands beside it. */
export function Avatar({ id, name }: { id: string; name: string }) {
  const initial = [...name.replace(/^#/, '')][0] ?? '·';
  return (
    <span class="avatar" aria-hidden="true" style={{ '--hue': hueOf(id) }}>
      {initial.toLocaleUpperCase()}
    </span>
  );
}
