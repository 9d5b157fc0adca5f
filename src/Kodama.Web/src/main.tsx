import './app/base.css';
import './app/shell.css';
import './ui/ui.css';
import { render } from 'preact';
import { App } from './app/App';
import { startTheme } from './app/theme';
import { startViewport } from './app/viewport';
import { hideToken, startHub } from './hub/here';
import { startLanguage } from './i18n/language';
import { startSeat } from './join/seat';

hideToken();
startTheme();
startLanguage();
startViewport();
startHub();
startSeat();
render(<App />, document.getElementById('app')!);
