import type { Document, Verdict } from '../../model/document.ts';
import type { DeviceNode } from '../../model/device-node.ts';
import type { LeaseRecord } from '../../model/lease-record.ts';
import type { Observation } from '../../model/observation.ts';

/** An image as a registry serves it. */
export interface ServedImage {
  /** Repository and tag: `podproof/probe:1`. */
  name: string;
  manifest: { digest: string; bytes: Uint8Array };
  blobs: ReadonlyArray<{ digest: string; bytes: Uint8Array }>;
}

/** All that a repro bundle of one verdict is made of. */
export interface ReproInput {
  document: Document;
  verdict: Verdict;
  observation: Observation;
  lease: LeaseRecord;
  /** Device nodes of the host, as some pod of the same host found them. */
  hostNodes: readonly DeviceNode[];
  images: readonly ServedImage[];
  /** A static busybox: the registry of the bundle needs nothing of the machine. */
  busybox: Uint8Array;
  /** The script that starts and stops a private engine. */
  instanceScript: string;
  /** Files of the host that pods refer to, path → content. */
  hostFiles: Readonly<Record<string, string>>;
}
