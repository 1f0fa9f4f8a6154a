#!/usr/bin/env node
import { Command } from 'commander';
import { VERSION } from '../client/version';
import { registerReleaseCommands } from './release-commands';

const program = new Command('serving').description('Model-serving stacks on Kubernetes').version(VERSION);
registerReleaseCommands(program);
program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
