/** dpkg waits for the disk again and again, whatever it is told of unsafe writes; the tree, 0.7 GiB, is gone with its namespace. */
export const inMemory = 'mount -t tmpfs -o mode=0700 podproof "$TMPDIR"; exec "$@"';

/**
 * A hook for mmdebstrap, before initramfs-tools is installed, which reads these files (initramfs.conf(5), initramfs-tools(7)): an
 * initrd with these modules alone, and without udev, whose part is done here: to find the root by its label, and to move /dev there.
 */
export function smallInitrd(modules: readonly string[]): string {
  const script = (path: string, lines: string): string =>
    `printf '%s\\n' '#!/bin/sh' '[ "$1" = prereqs ] && exit' '${lines}' > ${path}/podproof && chmod 755 ${path}/podproof`;
  return `cd "$1" && mkdir -p etc/initramfs-tools/conf.d usr/share/initramfs-tools \
    && printf 'MODULES=list\\nCOMPRESSLEVEL=1\\n' > etc/initramfs-tools/conf.d/podproof \
    && cd usr/share/initramfs-tools && mkdir -p modules.d hooks scripts/init-bottom \
    && printf '%s\\n' ${modules.join(' ')} > modules.d/podproof \
    && ${script('hooks', '. /usr/share/initramfs-tools/hook-functions; copy_exec /sbin/blkid')} \
    && ${script('scripts/init-bottom', 'mount -n -o move /dev "$rootmnt/dev"')}`;
}

/** Not in the hash of a recipe: with it, the umask of the user changes nothing in an image. */
export const sameForAll = `
umask 022
find "$1/overlay" -type d -exec chmod 755 {} +
`;

/**
 * Runs where file owners are kept: as root, or under fakeroot. No journal: the disk is thrown away after each lease.
 * Arguments: work directory, size, label.
 */
export const assemble = `
root="$1/tmp/root"
mkdir "$root"
tar -x --numeric-owner --exclude='./dev/*' -f "$1/root.tar" -C "$root"
cp -R --no-preserve=ownership --remove-destination "$1/overlay/." "$root/"
chmod 0700 "$root/root" "$root/root/.ssh"
chmod 0600 "$root/etc/ssh/podproof_host_key"
# Every exec goes through root's login shell; dash starts in half the time.
sed -i 's,^\\(root:.*:\\)/bin/bash$,\\1/bin/sh,' "$root/etc/passwd"
cat "$root"/boot/vmlinuz-* > "$1/vmlinuz"
cat "$root"/boot/initrd.img-* > "$1/initrd"
rm -f "$root"/boot/initrd.img-* "$root"/var/cache/apt/*.bin
# Nothing is to be brought up to date with /usr at the first boot, which each of ours is: systemd-update-done.service(8).
touch "$root/etc/.updated" "$root/var/.updated"
mke2fs -q -t ext4 -O ^has_journal -L "$3" -d "$root" "$1/root.ext4" "$2"
rm -rf "$root"
`;
