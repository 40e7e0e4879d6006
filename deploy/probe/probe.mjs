// What a probe's pod does: one command, one sentence about its end, no dependencies beyond Node.js 20. The engine puts this text into
// the command of its Jobs, so that any image with Node.js runs it.
//
//   resolve SECONDS NAME…            every name has an address, asked of the pod's own name servers
//   fetch   SECONDS ADDRESS PORT     three right answers in a row over HTTP
//   serve   SECONDS PORT             answers over HTTP until the time is over
//   write   SECONDS FILE WORDS       writes words and makes them lasting
//   read    SECONDS FILE WORDS       finds these words
//
// SECONDS is how long it tries. The sentence goes to the pod's termination message; exit code 0 is right, 1 is wrong.
import { Resolver } from 'node:dns/promises';
import fs from 'node:fs';
import http from 'node:http';

const TERMINATION_MESSAGE = '/dev/termination-log';
const PAUSE_MS = 500;
const ANSWER_WITHIN_MS = 2000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** `/etc/resolv.conf`, as every resolver in this pod reads it. */
function resolvConf() {
  const lines = fs.readFileSync('/etc/resolv.conf', 'utf8').split('\n');
  const of = (word) =>
    lines
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.trim().split(/\s+/u).slice(1));
  return { servers: of('nameserver').flat(), search: of('search').at(-1) ?? [] };
}

async function addressOf(resolver, name, search) {
  const wrongs = [];
  // As a resolver with `ndots:5` would: the search list first.
  for (const candidate of [...search.map((suffix) => `${name}.${suffix}`), name])
    for (const ask of ['resolve4', 'resolve6'])
      try {
        const [address] = await resolver[ask](candidate);
        return address;
      } catch (error) {
        if (error.code !== 'ENODATA') wrongs.push(error.code);
        if (error.code !== 'ENODATA') break;
      }
  throw new Error(`${name} has no address (${[...new Set(wrongs)].join(', ')})`);
}

async function resolveNames(...names) {
  const { servers, search } = resolvConf();
  const resolver = new Resolver({ timeout: 1000, tries: 1 });
  resolver.setServers(servers);
  const found = [];
  for (const name of names) {
    try {
      found.push(`${name} is ${await addressOf(resolver, name, search)}`);
    } catch (error) {
      throw new Error(`${error.message}, asked of ${servers.join(', ')}`, { cause: error });
    }
  }
  return `${found.join(', ')}; asked of ${servers.join(', ')}`;
}

function statusOf(host, port) {
  return new Promise((resolve, reject) => {
    const options = { host, port, path: '/', agent: false, timeout: ANSWER_WITHIN_MS };
    const request = http.get(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('no answer in 2 s')));
    request.on('error', reject);
  });
}

async function fetchThrice(host, port) {
  for (let nth = 1; nth <= 3; nth += 1) {
    let status;
    try {
      status = await statusOf(host, Number(port));
    } catch (error) {
      throw new Error(`${host}:${port} does not answer (${error.code ?? error.message})`, {
        cause: error,
      });
    }
    if (status !== 200) throw new Error(`${host}:${port} answered ${status}`);
  }
  return `${host}:${port} answered three times in a row`;
}

async function write(file, words) {
  const handle = fs.openSync(file, 'w');
  fs.writeSync(handle, words);
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  return `${file} was written`;
}

async function read(file, words) {
  const found = fs.readFileSync(file, 'utf8');
  if (found !== words) throw new Error(`${file} has other words than were written`);
  return `${file} was read by a second pod as it was written`;
}

async function trying(seconds, attempt) {
  const untilMs = Date.now() + Number(seconds) * 1000;
  for (;;) {
    try {
      return { code: 0, sentence: await attempt() };
    } catch (error) {
      if (Date.now() >= untilMs) return { code: 1, sentence: error.message };
      await pause(PAUSE_MS);
    }
  }
}

async function serve(seconds, port) {
  const server = http.createServer((_, response) => response.end('here'));
  await new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(Number(port), resolve);
  });
  await pause(Number(seconds) * 1000);
  return { code: 0, sentence: `answered for ${seconds} s` };
}

const COMMANDS = {
  resolve: (seconds, ...names) => trying(seconds, () => resolveNames(...names)),
  fetch: (seconds, ...args) => trying(seconds, () => fetchThrice(...args)),
  write: (seconds, ...args) => trying(seconds, () => write(...args)),
  read: (seconds, ...args) => trying(seconds, () => read(...args)),
  serve,
};

const [command, ...args] = process.argv.slice(1);
const { code, sentence } = await COMMANDS[command](...args);
fs.writeFileSync(TERMINATION_MESSAGE, sentence.slice(0, 1000));
process.exit(code);
