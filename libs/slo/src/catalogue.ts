import type { AlertConditionSpec, AlertPolicySpec } from './alert-documents.js';
import type { SloDocument } from './document.js';
import type { Findings } from './findings.js';
import type { SliSpec } from './sli/sli-spec.js';

type Kind = SloDocument['kind'];

/** What documents of each kind that others refer to hold. */
interface Referable {
  readonly SLI: SliSpec;
  readonly DataSource: { readonly type: string };
  readonly AlertPolicy: AlertPolicySpec;
  readonly AlertCondition: AlertConditionSpec;
  readonly AlertNotificationTarget: object;
}

/**
 * All documents by kind and name.
 *
 * References of OpenSLO lead from one kind to another and never back (SLO to SLI to DataSource, SLO to AlertPolicy to
 * AlertCondition and AlertNotificationTarget), so following them ends. What looks like a cycle, a document that is
 * named where another kind belongs, is an unknown reference.
 */
export class Catalogue {
  private readonly documents = new Map<string, SloDocument>();

  /** Names two documents of one kind as a fault of the second, or as a mere blemish where nothing uses them. */
  add(document: SloDocument, findings: Findings): void {
    const identity = `${document.kind} ${document.metadata.name}`;
    if (!this.documents.has(identity)) {
      this.documents.set(identity, document);
      return;
    }
    const message = `${identity} is defined twice; give each ${document.kind} its own name`;
    const path = ['metadata', 'name'];
    if (document.kind === 'Service' || document.kind === 'AlertNotificationTarget') {
      findings.tolerate(path, message);
    } else {
      findings.fault(path, message);
    }
  }

  /** Whether `document` is the one that its name stands for: the first of them. */
  holds(document: SloDocument): boolean {
    return this.documents.get(`${document.kind} ${document.metadata.name}`) === document;
  }

  /** The `spec` of a document; `undefined` when there is none of that kind and name. */
  find<K extends keyof Referable>(kind: K, name: string): Referable[K] | undefined {
    return this.documents.get(`${kind} ${name}`)?.spec as Referable[K] | undefined;
  }

  /** Why a name leads nowhere, and which names there are. */
  unknown(kind: Kind, name: string, from: SloDocument): string {
    const all = [...this.documents.values()];
    const others = all.filter((each) => each.metadata.name === name).map((each) => each.kind);
    if (from.metadata.name === name && others.includes(from.kind)) {
      return `names ${name}, which is this ${from.kind} itself: a reference in a cycle; it must name a document of kind ${kind}`;
    }
    if (others.length > 0) {
      return `names ${name}, which is a document of kind ${others.join(' and ')}; it must name one of kind ${kind}`;
    }
    const known = all.filter((each) => each.kind === kind).map((each) => each.metadata.name);
    const hint =
      known.length === 0
        ? `no ${kind} document was found`
        : `${kind} documents found: ${known.sort().join(', ')}`;
    return `names ${name}, which no document of kind ${kind} defines; ${hint}`;
  }
}
