import { isDeepStrictEqual } from 'node:util';
import type { ScrapeTarget } from '@tidewatch/scrape';
import { TargetScraper, type TargetScraperOptions } from './target-scraper.js';
import type { TargetStateView } from './target-state.js';

/** Scrapes the targets of the rules in force. */
export class Scraper {
  private readonly options: TargetScraperOptions;
  private readonly byName = new Map<string, TargetScraper>();
  private readonly leaving = new Set<Promise<void>>();
  private isStopped = false;

  constructor(options: TargetScraperOptions) {
    this.options = options;
  }

  /**
   * Makes these the targets. Those that are unchanged keep their rhythm and their series; those that are gone or changed
   * have their series ended, and changed ones start anew.
   */
  use(targets: readonly ScrapeTarget[]): void {
    if (this.isStopped) {
      return;
    }
    const wanted = new Map(targets.map((target) => [target.name, target]));
    for (const [name, scraper] of this.byName) {
      if (!isDeepStrictEqual(scraper.target, wanted.get(name))) {
        this.byName.delete(name);
        this.leave(scraper);
      }
    }
    for (const [name, target] of wanted) {
      if (!this.byName.has(name)) {
        const scraper = new TargetScraper(target, this.options);
        this.byName.set(name, scraper);
        scraper.start();
      }
    }
  }

  /** What is known about the targets of a project, by name. */
  states(project: string): TargetStateView[] {
    return [...this.byName.values()]
      .filter((scraper) => scraper.project === project)
      .map((scraper) => scraper.state)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Stops asking. The series stay as they are: the next start goes on with them. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([...this.leaving, ...[...this.byName.values()].map((scraper) => scraper.stop(false))]);
    this.byName.clear();
  }

  private leave(scraper: TargetScraper): void {
    const left = scraper.stop(true).finally(() => this.leaving.delete(left));
    this.leaving.add(left);
  }
}
