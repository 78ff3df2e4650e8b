import { render } from 'preact';
import { App } from './app.js';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/header.css';
import './styles/incidents.css';
import './styles/incident-page.css';
import './styles/alerting.css';
import './styles/slos.css';
import './styles/detail-page.css';
import './styles/slo-page.css';
import './styles/monitors.css';
import './styles/embeddings.css';
import './styles/encoders.css';
import './styles/ingest.css';

const root = document.getElementById('app');
if (root !== null) {
  render(<App />, root);
}
