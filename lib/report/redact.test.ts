import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactDeep, redactDocument, redactor } from './redact.ts';
import { sampleDocument, sampleEvidence } from '../testing/report/sample.ts';

const redact = redactor(['build07.example.org']);

test.for([
  ['password=hunter22 user=x', 'password=[secret] user=x'],
  ['time=x msg="login" DB_PASSWORD="s3cr3t word" next=1', 'time=x msg="login" DB_PASSWORD="[secret]" next=1'],
  ['{"api_key": "abcdefgh12345", "n": 1}', '{"api_key": "[secret]", "n": 1}'],
  ['msg="{\\"token\\": \\"abcdefgh12345\\"}"', 'msg="{\\"token\\": \\"[secret]\\"}"'],
  ['Authorization: Bearer abc.def-ghi_jkl', 'Authorization: Bearer [secret]'],
  ['pulled https://bob:pa55word@registry.example/v2/', 'pulled https://[secret]@registry.example/v2/'],
  ['ghp_abcdefghijklmnopqrstuvwxyz0123456789 leaked', '[secret] leaked'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nrest', '[secret]\nrest'],
  ['a cut key -----BEGIN PRIVATE KEY-----\nMIIE', 'a cut key [secret]'],
])('the secret in %j goes', ([text, expected]) => {
  expect(redact(text ?? '')).toBe(expected);
});

test.for([
  ['link/ether 52:54:00:ab:cd:ef brd', /^link\/ether mac-[0-9a-f]{6} brd$/],
  ['ID_SERIAL_SHORT=S5GXNX0R123456', /^ID_SERIAL_SHORT=serial-[0-9a-f]{6}$/],
  ['Serial Number: PHLN0123ABCD', /^Serial Number: serial-[0-9a-f]{6}$/],
  ['/dev/disk/by-id/nvme-Samsung_SSD_980_S5GXNX0R123456-part1', /^\/dev\/disk\/by-id\/serial-[0-9a-f]{6}$/],
  ['from BUILD07 and build07.example.org', /^from machine-[0-9a-f]{6} and machine-[0-9a-f]{6}$/],
  ['Hostname:"gpu-node-3" ok', /^Hostname:"machine-[0-9a-f]{6}" ok$/],
  ['ssh alice@metal.lab.example failed', /^ssh user-[0-9a-f]{6}@machine-[0-9a-f]{6} failed$/],
  ['path: /home/alice/kata/bin/qemu', /^path: \/home\/user-[0-9a-f]{6}\/kata\/bin\/qemu$/],
] as const)('%j names nobody any more', ([text, expected]) => {
  expect(redact(text)).toMatch(expected);
});

test('what was equal stays equal, and what was not does not', () => {
  const [first, again, other] = ['52:54:00:ab:cd:ef', '52:54:00:AB:CD:EF', '52:54:00:ab:cd:ee'].map((mac) =>
    redact(`mac ${mac}`),
  );
  expect(again).toBe(first);
  expect(other).not.toBe(first);
});

test.for([
  'c 10:229 1000:2000 0640 /dev/podproof/char',
  '/dev/vfio/7 of 0000:00:08.0 244:0',
  '/dev/disk/by-id/virtio-podproof-canary',
  'sha256:9912cdfff923738916167fcecdfb09a5c908b5e26aaabc5fa9268b37988dd0ba',
  '5b0c4a0e-6f0f-4a3a-9a55-2f6f0d2f9a11',
  'uid=1000 gid=2000 groups=2000,3000 CapEff 00000000a80425fb',
  'deb containerd=1.7.24~ds1-6+b4 of trixie',
  'namespaced_auth_dir = "/var/lib/podproof/crio-1.36.3/auth"',
  'token = false, access_key: null, secret=/run/secrets/x',
  'console=ttyS0 root=LABEL=podproof-root intel_iommu=on',
  "failed to create shim task: QMP command failed: Could not open '/dev/vfio/5': Permission denied",
  'localhost:43387/podproof/probe@sha256:7977e334ded6c466bfbf2600a274689669577c1a70489fa4d1fb2a4b60cecee8',
  'https://github.com/kata-containers/kata-containers/blob/main/docs/how-to/privileged.md',
  '02:70:70:00:00:01',
  'kata-72651 owns /run/user/1000',
])('evidence stays: %j', (text) => {
  expect(redact(text)).toBe(text);
});

test('nothing is hidden twice, and no text is refused', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constantFrom('/home/bob/x', 'serial=ABCD1234', 'a@b.example', 'secret="x\\"y"')),
      fc.string(),
      (text, more) => {
        const once = redact(`${text} ${more}`);
        expect(redact(once)).toBe(once);
      },
    ),
  );
});

test.for(['a@', 'password=', '00:', 'secret="\\', 'x.', '-----BEGIN PRIVATE KEY-----', 'eyJ', 'https://a:'])(
  'the text %j a hundred thousand times does not run away',
  (text) => {
    expect(redact(text.repeat(100_000)).length).toBeGreaterThan(0);
  },
);

test('the value of a key that names a secret goes, whatever it looks like', () => {
  expect(redactDeep({ env: { REGISTRY_PASSWORD: 'x y z', PATH: '/bin' }, list: ['/home/bob'] }, redact)).toEqual({
    env: { REGISTRY_PASSWORD: '[secret]', PATH: '/bin' },
    list: [expect.stringMatching(/^\/home\/user-/)],
  });
});

test('the serial number of a disk goes, but for those of ours', () => {
  const disks = ['S5GXNX0R123456', 'podproof-canary', null].map((serial) => ({ name: 'vda', serial }));
  const hidden = disks.map((disk) => redactDeep(disk, redact).serial);
  expect(hidden).toEqual([expect.stringMatching(/^serial-[0-9a-f]{6}$/), 'podproof-canary', null]);
});

test('a document and evidence without anything to hide stay as they are', () => {
  const document = sampleDocument();
  expect(redactDocument(document, redact)).toEqual(document);
  for (const observation of sampleEvidence(document).values()) expect(redactDeep(observation, redact)).toBe(observation);
});

test('what joins the parts of a document stays, whatever it is named', () => {
  const document = sampleDocument();
  const rename = <Row extends { cell: string }>(row: Row): Row => ({ ...row, cell: row.cell.replace('debian-13', 'build07') });
  const named = {
    ...document,
    cells: document.cells.map((cell) => ({ ...cell, id: cell.id.replace('debian-13', 'build07'), reason: 'on build07' })),
    verdicts: document.verdicts.map(rename),
  };
  const hidden = redactDocument(named, redact);
  expect(hidden.cells.map(({ id }) => id)).toEqual(named.cells.map(({ id }) => id));
  expect(hidden.verdicts.map(({ cell }) => cell)).toEqual(named.verdicts.map(({ cell }) => cell));
  expect(hidden.cells[0]?.reason).toMatch(/^on machine-/);
});
