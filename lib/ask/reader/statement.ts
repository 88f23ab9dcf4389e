/** Fields of a log line that tell who logged it, not what failed: `name=containerd-shim-v2 pid=7 subsystem=sandbox`. */
const fields =
  /\b(?:name|pid|qemuPid|arch|command|sandbox(?:id)?|container|subsystem|level|time|caller|pos|thread|ts|timestamp)=(?:"[^"]*"|\S+)/g;

/** Words for a thing that may be a device, beside those of the errnos themselves. */
const thing =
  /\b(?:devices?|driver|usb|tty\w*|serial|gpu|cuda|card|camera|video|disk|drive|loop|spi|i2c|gpio|tun|mount\w*|sound|audio|snd|dri|drm|kvm|vfio|fuse|interface|nic|port|printer|scanner|reader|adapter|dongle|controller|modem|sensor|tpm\w*|rdma|infiniband|node|module|volume|rbd|nvme\w*|pty|terminal|hotplug\w*|container\w*|pod|sandbox)\b|\/dev\//i;
const ofErrno = /no such device or address|device or resource busy|resource busy/gi;

/** What a statement says, without what a logger adds about itself. */
export function saidIn(text: string): string {
  return text.replace(fields, ' ');
}

/** Whether a statement speaks of a device, a mount or the like, and not in the words of an errno alone. */
export function namesDevice(text: string): boolean {
  return thing.test(text.replace(ofErrno, ''));
}
