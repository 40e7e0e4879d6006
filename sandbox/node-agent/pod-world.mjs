// Loaded by Node before a pod's own program (`--import`): what the namespaces of a container would do. Files that a kubelet mounts are
// where the agent put them, name servers and addresses of the cluster are reached through the agent, and a port that is listened on is a
// free one of this machine. The program itself knows nothing of it.
import dns from 'node:dns';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const { uid, relayPort, dnsPort, listenPort, files } = JSON.parse(process.env.SANDBOX_POD);
delete process.env.SANDBOX_POD;
delete process.env.NODE_OPTIONS;

function real(path) {
  for (const [mounted, place] of Object.entries(files)) {
    if (path === mounted) return place;
    if (typeof path === 'string' && path.startsWith(`${mounted}/`))
      return place + path.slice(mounted.length);
  }
  return path;
}

for (const name of ['readFileSync', 'writeFileSync', 'openSync']) {
  const original = fs[name];
  fs[name] = (path, ...rest) => original(real(path), ...rest);
}

for (const { prototype } of [dns.Resolver, dns.promises.Resolver]) {
  const original = prototype.setServers;
  prototype.setServers = function setServers() {
    return original.call(this, [`127.0.0.1:${dnsPort}`]);
  };
}

const connect = Reflect.get(net.Socket.prototype, 'connect');
net.Socket.prototype.connect = function toRelay(...args) {
  const [options, listener] = Array.isArray(args[0]) ? args[0] : args;
  const { host, port } = options;
  Reflect.apply(connect, this, [{ ...options, host: '127.0.0.1', port: relayPort }, listener]);
  // Queued before whatever the program sends: who asks, and whom.
  this.write(`${uid} ${host} ${port}\n`);
  return this;
};

const listen = Reflect.get(net.Server.prototype, 'listen');
net.Server.prototype.listen = function onFreePort(_port, ...rest) {
  return Reflect.apply(listen, this, [{ host: '127.0.0.1', port: listenPort }, rest.at(-1)]);
};

syncBuiltinESMExports();

// Whoever started it is gone: so is the node.
process.stdin.on('close', () => process.exit(137));
process.stdin.resume();
process.stdin.unref?.();
