import { expect, test } from 'vitest';
import { capabilitiesIn, capabilityNames } from './capabilities.ts';

test('capabilities are read from the set that /proc prints', () => {
  expect(capabilityNames).toHaveLength(41);
  expect(capabilitiesIn('0000000000000000')).toEqual([]);
  expect(capabilitiesIn('00000000a80425fb')).toEqual([
    ...['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'NET_BIND_SERVICE', 'NET_RAW'],
    ...['SYS_CHROOT', 'MKNOD', 'AUDIT_WRITE', 'SETFCAP'],
  ]);
  expect(capabilitiesIn('000001ffffffffff')).toEqual(capabilityNames);
  expect(capabilitiesIn('0000020000000000')).toEqual(['CAP_41']);
});

test.each(['', 'no set', '0x1', '11111111111111111'])('what is no set holds nothing: %j', (text) => {
  expect(capabilitiesIn(text)).toEqual([]);
});
