import { render } from 'preact';
import { App } from './app.tsx';
import { startReading } from './live/start-reading.ts';
import { listenToShortcuts } from './navigation/shortcuts.ts';

const root = document.getElementById('console');
if (root) render(<App />, root);
listenToShortcuts();
startReading();
