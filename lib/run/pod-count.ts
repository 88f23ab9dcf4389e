import type { Progress } from './progress.ts';

/** How many pods are done, and which of them are under way. */
export class PodCount {
  readonly #progress: Pick<Progress, 'count'>;
  readonly #underWay = new Set<string>();
  #done = 0;
  #total = 0;

  constructor(progress: Pick<Progress, 'count'>) {
    this.#progress = progress;
  }

  /** So many more are to come. */
  expect(pods: number): void {
    this.#total += pods;
  }

  begin(pod: string): void {
    this.#underWay.add(pod);
    this.tell();
  }

  end(pod: string): void {
    this.#underWay.delete(pod);
    this.tell();
  }

  /** One is done: of a reading there was no pod. */
  done(): void {
    this.#done++;
    this.tell();
  }

  tell(): void {
    this.#progress.count(this.#done, this.#total, [...this.#underWay]);
  }
}
