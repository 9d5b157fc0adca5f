import { hueOf } from '../hub/names';

/** A peer's initial on the tint of its name. Decoration only: the name always stands beside it. */
export function Avatar({ name }: { name: string }) {
  const initial = [...name.replace(/^#/, '')][0] ?? '·';
  return (
    <span class="avatar" aria-hidden="true" style={{ '--hue': hueOf(name) }}>
      {initial.toLocaleUpperCase()}
    </span>
  );
}
