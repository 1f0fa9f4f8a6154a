import { it } from 'vitest';
import { part } from './part';

it('the first half of the crash matrix leaves nothing stuck, left over or wrong', () => part(0));
