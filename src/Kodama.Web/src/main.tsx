import './app/base.css';
import './app/shell.css';
import './ui/ui.css';
import { render } from 'preact';
import { App } from './app/App';
import { startViewport } from './app/viewport';
import { hideAdminToken } from './hub/admin';
import { hideToken, startHub } from './hub/here';
import { startLanguage } from './i18n/language';
import { startSeat } from './join/seat';

hideToken();
hideAdminToken();
startLanguage();
startViewport();
startHub();
startSeat();
render(<App />, document.getElementById('app')!);
