import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GenericContainer } from 'testcontainers';
import type { ContainerHost } from './facts.ts';
import { BlockedError, HostLostError } from '../../util/errors.ts';
import { oncePerKey } from '../../util/once-per-key.ts';
import { runtimeDirectory } from '../../util/paths.ts';
import { quote } from '../../util/quote.ts';
import { scoped } from '../../util/scope.ts';
import { copyToHost, oncePerAttachment } from '../shared/attachment.ts';
import { assertSameBoot } from '../shared/boot.ts';
import { ownDirectory } from '../shared/own-directory.ts';
import { readFacts } from '../shared/read-facts.ts';
import { assertFit } from '../shared/assert-fit.ts';
import { loopNumbers } from '../shared/fixture-plan.ts';
import type { HostKind } from '../host.ts';
import { obtainImage } from '../image/build.ts';
import { recipe } from '../image/recipe.ts';
import { assertDisposable, examine } from '../borrowed/examine.ts';
import { machineBootId } from '../shared/process-identity.ts';
import { connectRemote, socatAddress } from '../shared/remote.ts';
import { keepConnected } from '../ssh/reconnect.ts';
import { examineForContainer } from './doctor.ts';
import { openControlMaster, type Ssh } from '../ssh/control-master.ts';
import { imageLogin } from '../vm/login.ts';
import { importImage } from './image.ts';
import { capabilities, createOptions } from './options.ts';
import { relayToContainer } from './relay.ts';
import { containerRuntime, hasReaper, removeContainers } from './runtime.ts';
import type { CreateOptions } from './runtime.ts';

/** Passed where the machine has them: what Kata needs. */
const usual = ['/dev/kvm', '/dev/vhost-vsock', '/dev/vhost-net'];

/** Builds the image and imports it: a lease then needs the daemon and nothing else. */
const prepareContainer: HostKind<ContainerHost>['prepare'] = async (_, spec, context, { variant }) => {
  // First, as it is of use on a machine whose cache is copied to another one, too.
  const base = await obtainImage(recipe(spec.suite, variant, spec.allowExpiredRelease), context);
  const runtime = await containerRuntime();
  return `image ${await importImage(base, runtime, context)} in ${runtime.daemon}`;
};

/** Leases a container with the root file system of a VM host, on docker or podman: quick, and with the kernel of the machine. */
const acquireContainer: HostKind<ContainerHost>['acquire'] = async (id, spec, context, { variant, needs }) => {
  const runtime = await containerRuntime();
  const disposable = spec.disposable === true;
  if (disposable) await assertMachineDisposable(id, runtime.daemon);
  const devices = await presentDevices(id, spec.devices ?? []);
  const base = await obtainImage(recipe(spec.suite, variant, spec.allowExpiredRelease), context);
  const image = await importImage(base, runtime, context);
  const token = `podproof-${randomBytes(6).toString('hex')}`;
  const directory = join(runtimeDirectory(), token);
  const loops = loopNumbers();
  const { ledger, progress } = context;
  return scoped(async (scope) => {
    await ownDirectory(directory, scope, ledger);
    const receipt = await ledger.record({ kind: 'container', token, daemon: runtime.daemon });
    scope.onRelease('the container', async () => {
      await removeContainers(runtime.daemon, token);
      await receipt.done();
    });
    const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(await readFile('/proc/1/status', 'utf8'))?.[1] ?? '0';
    const rights = { devices, loops, capabilities: capabilities(bounding), disposable };
    const options = createOptions({ image, token, run: ledger.run, ...rights });
    progress(`start a container of ${image} on ${runtime.daemon}`);
    const reaped = await hasReaper(runtime);
    const started = await new HostContainer(image, options).withName(token).withAutoCleanup(reaped).start();
    const container = runtime.client.container.getById(started.getId());
    const socket = join(directory, 'exec');
    scope.adopt('the relay', await relayToContainer(container, socket, join(context.logs, 'sshd.log')));
    const proxy = `ProxyCommand=socat - ${quote(socatAddress(socket)).replaceAll('%', '%%')}`;
    const target = { options: [...imageLogin(base), '-o', proxy], destination: 'root@container' };
    const open = (): Promise<Ssh> => openControlMaster(target, { directory, token }, context);
    const ssh = scope.adopt('the ssh connection', await keepConnected(open, context));
    const remote = connectRemote(ssh.connection);
    const fixtures = { disks: loops, pci: null, kernel: false };
    const missingFeatures = await assertFit(`host ${id}`, remote, needs, fixtures);
    const facts = await readFacts(remote, {
      accelerator: 'none',
      acceleratorReason: 'a container has the kernel and the processors of its machine',
      ownKernel: false,
      disposable,
    });
    if (disposable && facts.bootId !== (await machineBootId()))
      throw new BlockedError(
        `Refused to use host ${id}: its containers run on another machine than the one that is marked as disposable`,
      );
    const consoleTail = async (): Promise<string> =>
      String(await container.logs({ stdout: true, stderr: true, tail: 50 }).catch(() => ''));
    return {
      ...remote,
      ...{ id, facts, fixtures, missingFeatures },
      attach: oncePerAttachment((attachment) => copyToHost(attachment, remote, context)),
      expose: oncePerKey((port: number) => ssh.forward(port)),
      consoleTail,
      async assertAlive() {
        const state = (await container.inspect().catch(() => undefined))?.State;
        if (state?.Running !== true) {
          const how = state === undefined ? 'its container is gone' : `its container ended with exit code ${state.ExitCode}`;
          throw new HostLostError(`Host ${id} is lost: ${how}`, await consoleTail());
        }
        await ssh.connected();
        await assertSameBoot(id, remote, facts.bootId, consoleTail);
      },
    };
  });
};

export const containerKind: HostKind<ContainerHost> = {
  acquire: acquireContainer,
  examine: examineForContainer,
  prepare: prepareContainer,
};

/** testcontainers has no words for devices, device rules or cgroup namespaces. */
class HostContainer extends GenericContainer {
  constructor(image: string, { HostConfig, ...options }: CreateOptions) {
    super(image);
    const { NetworkMode, ...config } = HostConfig;
    this.createOpts = { ...this.createOpts, ...options };
    this.hostConfig = { ...this.hostConfig, ...config };
    this.withNetworkMode(NetworkMode ?? 'none');
  }
}

/** Character devices only: without the marker, a block device of the machine is never passed; with it, all are. */
async function presentDevices(id: string, wanted: readonly string[]): Promise<string[]> {
  const present: string[] = [];
  for (const path of new Set([...usual, ...wanted])) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isCharacterDevice() === true) present.push(path);
    else if (wanted.includes(path)) {
      throw new BlockedError(
        `Refused to pass ${path} to host ${id}: ${found === undefined ? 'this machine has no such device' : "it is no character device, and pods would reach this machine's disks"}`,
        { remedy: `take ${path} out of "devices" of this host in matrix.json` },
      );
    }
  }
  return present;
}

async function assertMachineDisposable(id: string, daemon: string): Promise<void> {
  if (!daemon.startsWith('unix://'))
    throw new BlockedError(
      `Refused to use host ${id} as disposable: whether the machine behind ${daemon} is marked cannot be seen from here`,
      { remedy: 'run podproof on that machine, or leave "disposable" out' },
    );
  const found = await examine(connectRemote({ prefix: [], quoting: 'none' }));
  assertDisposable(`this machine for the containers of host ${id}`, true, found);
}
