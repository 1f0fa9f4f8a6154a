#!/usr/bin/env node
import { join } from 'node:path';
import { useCodeCache } from './code-cache';

// Beside the compiled code of this package, before any of it is loaded.
useCodeCache(join(__dirname, '../../.cache'));
void (require('./program') as typeof import('./program')).run(process.argv);
