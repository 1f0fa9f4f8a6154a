/** Self-contained HTML reports: data in, text out. A separate module, because few commands need it. */
export { historyPage } from './history-page';
export { parityPage } from './parity-table';
export { type Beside, planPage } from './plan-page';
export { type Wiring, type WiringEdge, type WiringNode, type WiringRole, wiring } from './wiring';
export { wiringMermaid, wiringSvg } from './wiring-formats';
