import { useState } from 'preact/hooks';
import { bases } from '../hub/bases';
import { hub } from '../hub/here';
import { useTexts } from '../i18n/language';
import { CopyButton } from '../ui/CopyButton';
import { useStore } from '../ui/store';
import { snippets } from './snippetTexts';
import './snippets.css';

export function Snippets({ address }: { address: string }) {
  const t = useTexts();
  const info = useStore(hub);
  const [chosen, setChosen] = useState(0);
  const known = bases(info);
  const all = snippets(known.includes(address) ? address : known[0]!, info?.defaultRoom ?? 'lobby', info?.tokenRequired ?? false);
  const current = all[chosen]!;

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -chosen, End: all.length - 1 - chosen }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (chosen + step + all.length) % all.length;
    setChosen(next);
    document.getElementById('tab-' + all[next]!.id)?.focus();
  };

  return (
    <section class="panel snippets" aria-labelledby="snippets-title">
      <div class="panel-head">
        <h2 id="snippets-title">{t.snippets}</h2>
        <CopyButton text={current.code} label={current.title} />
      </div>
      <div class="tabs" role="tablist" aria-labelledby="snippets-title" onKeyDown={onKeyDown}>
        {all.map((snippet, index) => (
          <button
            key={snippet.id}
            type="button"
            role="tab"
            id={'tab-' + snippet.id}
            data-testid={'snippet-' + snippet.id}
            aria-selected={index === chosen}
            aria-controls="snippet"
            tabIndex={index === chosen ? 0 : -1}
            class="tab"
            onClick={() => setChosen(index)}
          >
            {snippet.title}
          </button>
        ))}
      </div>
      <pre id="snippet" class="code" lang="en" role="tabpanel" aria-labelledby={'tab-' + current.id} tabIndex={0} data-testid="snippet">
        <code>{current.code}</code>
      </pre>
      <p class="hint">
        {t.snippetsLead} {current.id === 'browser' && t.originNote}
      </p>
    </section>
  );
}
