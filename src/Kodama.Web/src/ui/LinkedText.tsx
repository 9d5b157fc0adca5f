import { withLinks } from './links';

/** A text of a stranger, as text, in which addresses of web pages can be followed. */
export function LinkedText({ text }: { text: string }) {
  return (
    <>
      {withLinks(text).map(piece =>
        typeof piece === 'string' ? (
          piece
        ) : (
          <a href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ),
      )}
    </>
  );
}
