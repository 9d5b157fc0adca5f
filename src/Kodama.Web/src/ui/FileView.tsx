import { useState } from 'preact/hooks';
import { bytesOf, imageType, type SentFile } from '../hub/files';
import { size } from '../i18n/format';
import { useTexts } from '../i18n/language';
import './file.css';

/** A file of a stranger: shown if it is pixels, and else only to be saved. In brief only named. */
export function FileView({ file, brief = false }: { file: SentFile; brief?: boolean }) {
  const t = useTexts();
  const [broken, setBroken] = useState(false);
  const image = file.data && !broken && !brief ? imageType(file) : undefined;
  const name = file.name || t.unnamed;
  return (
    <figure class="file" data-testid="file">
      {image && (
        <img
          class="file-image"
          src={`data:${image};base64,${file.data}`}
          alt={name}
          decoding="async"
          data-testid="image"
          onError={() => setBroken(true)}
        />
      )}
      <figcaption class="file-line">
        <bdi class="file-name">{name}</bdi>
        <span class="file-size">{size(file.length)}</span>
        {brief ? null : file.data ? (
          <button type="button" class="link" data-testid="download" aria-label={`${t.download}: ${name}`} onClick={() => save(file)}>
            {t.download}
          </button>
        ) : (
          <span class="file-size">{t.fileGone}</span>
        )}
      </figcaption>
    </figure>
  );
}

/** As bytes of no type: what they are shall be decided by whoever opens them, and not by a browser in the hub's origin. */
function save(file: SentFile): void {
  const url = URL.createObjectURL(new Blob([bytesOf(file)], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file.name || 'file';
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
