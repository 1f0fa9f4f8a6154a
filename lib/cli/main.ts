#!/usr/bin/env node
import Module from 'node:module';
import { join } from 'node:path';

// Available since Node.js 22.1: keeps compiled code between runs.
const enableCompileCache: unknown = Reflect.get(Module, 'enableCompileCache');
if (typeof enableCompileCache === 'function') enableCompileCache(join(__dirname, '../../.cache'));

const { run } = require('./program') as typeof import('./program');
void run(process.argv);
