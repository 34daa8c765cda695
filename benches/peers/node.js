// Node's promises. A yield is `await null`: the microtask queue alone, in which I/O would starve.
'use strict';
const fs = require('fs');

const HOUR = 3600_000;
const [kind, n, width] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

class Stopwatch {
  constructor() {
    this.cpu0 = process.cpuUsage();
    this.wall0 = process.hrtime.bigint();
  }
  wall() { return Number(process.hrtime.bigint() - this.wall0); }
  cpu() {
    const spent = process.cpuUsage(this.cpu0);
    return (spent.user + spent.system) * 1000;
  }
  perOp(ops) {
    const [wall, cpu] = [this.wall(), this.cpu()];
    return [['ns', wall / ops], ['cpu ns', cpu / ops]];
  }
}

// Writes the values and leaves at once, without tearing down.
function report(values) {
  fs.writeSync(2, values.map(([unit, value]) => `@\t${unit}\t${value}\n`).join(''));
  process.exit(0);
}

function peakMemory() {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return 0;
  }
}

// Milliseconds, spread evenly over the span, in no order (murmur's finaliser).
function delay(i, spanUs) {
  let h = i >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  h = (h ^ (h >>> 16)) >>> 0;
  return (h * spanUs) / 1e3 / 2 ** 32;
}

const fib = (n) => (n <= 2 ? 1 : fib(n - 1) + fib(n - 2));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const leaf = async (i) => i;
const yielder = async (i) => { await null; return i; };
const never = async () => { await new Promise(() => {}); };
const joiner = async (other) => { await other; };
const switcher = async (yields) => { for (let i = 0; i < yields; i++) await null; };

async function switching() {
  const rounds = Math.floor(n / width);
  const watch = new Stopwatch();
  await Promise.all(Array.from({ length: width }, () => switcher(rounds)));
  report(watch.perOp(rounds * width));
}

async function spawning(child) {
  const rounds = Math.max(1, Math.floor(n / width));
  const watch = new Stopwatch();
  for (let round = 0; round < rounds; round++) {
    const tasks = [];
    for (let i = 0; i < width; i++) tasks.push(child(i));
    for (const task of tasks) await task;
  }
  report(watch.perOp(rounds * width));
}

async function chain(child) {
  const watch = new Stopwatch();
  for (let i = 0; i < n; i++) await child(i);
  report(watch.perOp(n));
}

// `task(previous)` is called n times; all results are kept.
async function park(task) {
  const [before, watch] = [peakMemory(), new Stopwatch()];
  const tasks = new Array(n);
  for (let i = 0; i < n; i++) tasks[i] = task(tasks[i - 1]);
  await null;
  const times = watch.perOp(n);
  report([['bytes', (peakMemory() - before) / n], ...times]);
}

class Channel {
  constructor() { [this.values, this.waiting] = [[], null]; }
  send(value) {
    const waiting = this.waiting;
    this.waiting = null;
    waiting ? waiting(value) : this.values.push(value);
  }
  recv() {
    if (this.values.length) return Promise.resolve(this.values.shift());
    return new Promise((resolve) => { this.waiting = resolve; });
  }
}

async function channel() {
  const [to, back] = [new Channel(), new Channel()];
  (async () => { for (;;) back.send(await to.recv()); })();
  const watch = new Stopwatch();
  for (let i = 0; i < n; i++) {
    to.send(i);
    if (await back.recv() !== i) throw new Error('unreachable');
  }
  report(watch.perOp(n));
}

async function timers() {
  const watch = new Stopwatch();
  const tasks = [];
  for (let i = 0; i < n; i++) tasks.push(sleep(delay(i, width)));
  for (const task of tasks) await task;
  const late = Math.max(0, watch.wall() - width * 1000) / 1e6;
  report([['cpu ns', watch.cpu() / n], ['ms late', late]]);
}

async function lines() {
  const input = require('readline').createInterface({ input: process.stdin, terminal: false });
  const watch = new Stopwatch();
  let [count, output] = [0, ''];
  input.on('line', (line) => {
    const x = parseInt(line, 10);
    output += `fib(${x}) = ${fib(x)}\n`;
    count++;
    if (output.length >= 65536) {
      process.stdout.write(output);
      output = '';
    }
  });
  input.on('close', () => process.stdout.write(output, () => report(watch.perOp(count))));
}

function generator() {
  function* numbers() { for (let i = 0; i < n; i++) yield i; }
  const watch = new Stopwatch();
  let sum = 0;
  for (const x of numbers()) sum += x;
  if (sum < 0) throw new Error('unreachable');
  report(watch.perOp(n));
}

async function idle() {
  const tasks = Array.from({ length: width }, never);
  await sleep(1);
  const watch = new Stopwatch();
  await sleep(n);
  if (tasks.length === width) report([['cpu us', watch.cpu() / 1e3]]);
}

const KINDS = {
  'switch': switching,
  'spawn': () => spawning(leaf),
  'spawn-yield': () => spawning(yielder),
  'chain-leaf': () => chain(leaf),
  'chain-yield': () => chain(yielder),
  'parked-never': () => park(never),
  'parked-joined': () => park((previous) => (previous ? joiner(previous) : never())),
  'parked-sleeping': () => park(() => sleep(HOUR)),
  'channel': channel,
  'timers': timers,
  'lines': lines,
  'generator': generator,
  'idle': idle,
};
KINDS[kind]();
