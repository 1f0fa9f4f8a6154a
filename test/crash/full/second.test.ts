import { it } from 'vitest';
import { part } from './part';

it('the second half of the crash matrix leaves nothing stuck, left over or wrong', () => part(1));
