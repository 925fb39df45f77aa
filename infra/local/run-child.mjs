import { spawn } from 'node:child_process';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program with our input and output, and hands it the signals we get. Returns when it has succeeded; else this
 * process ends the way the program did.
 */
export async function run(command, args, options = {}) {
  const { code, signal } = await runToEnd(command, args, { stdio: 'inherit', ...options });
  if (signal) process.kill(process.pid, signal);
  if (code !== 0) process.exit(code ?? 1);
}

/** Runs a program and returns how it ended, and what it wrote where that goes nowhere else. */
export async function runToEnd(command, args, options) {
  const child = spawn(command, args, options);
  const forward = (signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve({ code, signal, output }));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, forward);
  }
}
